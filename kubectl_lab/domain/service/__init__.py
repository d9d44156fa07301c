"""Does traffic reach the pods of a Service, and where does it stop: from plain objects to a `ServiceExplanation`.

`inventory` what was read · `workloads` who makes the pods · `endpoints` what the endpoint-slice controller makes of them ·
`case` the facts of one Service · one module of rules a stretch of the path, each rule from a Case to `Judged` findings ·
`verdict` and `hops` what they come to · `explain` the whole.
"""
