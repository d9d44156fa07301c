"""What taints do, and to whom: from nodes and pods to a `TaintExplanation`.

`effects` whom a taint lets stay, keeps out or deletes, and when · `known` what well-known taints mean and who sets them ·
`explain` the whole answer.
"""
