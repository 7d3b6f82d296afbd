"""Names that a cluster accepts, for names that Compose accepted."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 63  # of a DNS label, RFC 1035; a Service is one
DIGITS = 8


def label(text: str) -> str:
    """A DNS label that begins with a letter: the text itself when it is one."""
    found = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")
    if not re.match(r"[a-z]", found):
        found = f"s-{found}".strip("-")
    if len(found) <= LONGEST:
        return found
    return _marked(found, text)


def labels(services: Iterable[str], reserved: Iterable[str] = ()) -> dict[str, str]:
    """Compose service → its name in the cluster; no two have the same, none has a reserved one."""
    found: dict[str, str] = {}
    taken = set(reserved)
    # Those that keep their names come first: addresses in settings name them.
    for service in sorted(services, key=lambda one: (label(one) != one, one)):
        name = label(service)
        found[service] = _marked(name, service) if name in taken else name
        taken.add(found[service])
    return found


def _marked(name: str, origin: str) -> str:
    digest = hashlib.sha256(origin.encode()).hexdigest()[:DIGITS]
    return f"{name[: LONGEST - DIGITS - 1].rstrip('-')}-{digest}"
