"""Emptying nodes: which pods go, what stands in the way, and the run itself.

`filters` (one pod -> verdict), `plan` (everything read -> Drain), `engine` (the run, over signals and requests),
`rehearsal` (the server dry run, same form), `loop` (drives either over a Reactor).
"""
