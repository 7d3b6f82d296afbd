"""What a shell knows of the program: the file it looks for, and how it ends without an error."""

from __future__ import annotations

CONFIG = "hitless.yaml"
# Errors of the tree in domain/errors.py have statuses of their own.
USAGE_EXIT, BUG_EXIT, INTERRUPT_EXIT = 2, 3, 130
