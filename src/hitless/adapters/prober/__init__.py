"""Sends traffic through a deploy from a process of its own, and counts the answers.

``process.ProbeProcess`` is the engine's handle; ``python -m hitless.adapters.prober``
is the process. The two speak JSON lines, see ``wire``.
"""
