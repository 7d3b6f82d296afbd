"""Which names may stand in a script and in YAML as they are.

A folder may be called ``a; curl ...``. Whatever of it reached a workflow would be run there, with
the rights of the repository, so that nothing is made for such names at all.
"""

from __future__ import annotations

import re

PLAIN = re.compile(r"[\w@+.:/-]*", re.ASCII)
EXPRESSION = "${{"


def is_plain(*names: str) -> bool:
    """No name has a character that means something to a shell, to YAML or to GitHub."""
    return all(PLAIN.fullmatch(one) and not one.startswith("-") for one in names)


def is_value(text: str) -> bool:
    """A quoted value of a workflow: whatever GitHub does not take for an expression."""
    return EXPRESSION not in text and "\0" not in text
