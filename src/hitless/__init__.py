"""Releases Docker Compose applications without losing a request, and proves it."""

__version__ = "0.1.0"
