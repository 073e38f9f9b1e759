"""Stories told once: near-copies of one text, and articles on the same happening. Pure functions; storing is not here.

`copies` finds and decides near-copies, `mapping` carries what was read in the origin over to a copy, `features` and
`clusters` put articles on one happening together.
"""
