"""A small world in memory: every port of the domain, without an engine.

Its parts tell one story: a container that Compose made answers on its address, nginx
forwards to it as the rendered configuration and the flags say, and the prober counts
what users would see. Time passes only when somebody waits. The same contract tests
hold these parts and the real adapters.
"""
