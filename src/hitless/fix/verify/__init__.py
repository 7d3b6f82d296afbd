"""Proof on this machine: what a fix wrote is built, started and tried, in a copy."""
