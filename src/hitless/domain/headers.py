"""Request headers by which Hitless and its edge understand each other."""

PROBE = "X-Hitless-Probe"
"""Tells the edge's log which requests are ours, and who of us sent them."""

KEY = "X-Hitless-Key"
"""Makes the edge tell who answered, and let a request through during maintenance."""

SLOT = "X-Hitless-Slot"
"""At the control listener: the slot that shall answer."""
