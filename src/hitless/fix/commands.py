"""Commands of services, made longer or shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.services import put
from hitless.fix.step import refusal

if TYPE_CHECKING:
    from hitless.documents.service import Service
    from hitless.fix.step import Refusal
    from hitless.fix.yaml_edit import Set


def extended(service: Service, *words: str) -> Set | Refusal:
    """Further words at the end of a command that is there."""
    node = service.node.get("command")
    if node is None:
        return refusal(service.key, f"{service} has no command that could be extended")
    if node.is_list:
        return put(service, ("command",), (*node.texts(), *words))
    return put(service, ("command",), f"{node.text} {' '.join(words)}")


def without(service: Service, *words: str) -> Set | Refusal:
    """The command without these words."""
    node = service.node.get("command")
    if node is None:
        return refusal(service.key, f"{service} has no command of its own")
    if node.is_list:
        return put(service, ("command",), tuple(t for t in node.texts() if t not in words))
    return put(service, ("command",), " ".join(t for t in node.text.split() if t not in words))
