"""The reference pages, made from the code they describe.

``python -m tools.reference`` writes them to docs/reference; a test holds that this
changes nothing.
"""
