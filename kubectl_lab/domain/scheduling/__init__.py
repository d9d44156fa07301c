"""Where can a pod land, and what refuses it elsewhere: kube-scheduler's filters as pure functions.

`state` what the scheduler knows (nodes, and the pods that count on them) · `features` whose texts and rules, by server version ·
one module a filter plugin, `filters` the table of them in the scheduler's order · `evaluation` all refusals of all nodes ·
`preemption` and `message` what the scheduler would say · `explain` the whole answer.
"""
