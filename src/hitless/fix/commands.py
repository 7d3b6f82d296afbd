"""Commands of services, made longer or shorter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.services import add, drop, put

if TYPE_CHECKING:
    from hitless.documents.service import Service
    from hitless.fix.step import Action


def extended(service: Service, *words: str) -> tuple[Action, ...]:
    """Further words at the end of a command that is there.

    Raises:
        RefusedError: when there is none.
    """
    node = service.node.get("command")
    if node is None:
        raise RefusedError(f"{service} has no command that could be extended")
    if node.is_list:
        return tuple(add(service, ("command",), one) for one in words)
    return (put(service, ("command",), f"{node.text} {' '.join(words)}"),)


def without(service: Service, word: str) -> Action:
    """The command without this word.

    Raises:
        RefusedError: when it is not there.
    """
    node = service.node.get("command")
    words = service.node.texts("command") if node is not None and node.is_list else []
    if word in words:
        return drop(service, ("command", words.index(word)))
    if node is None or node.is_list or word not in node.text.split():
        raise RefusedError(f"{service} has no {word} in its command")
    return put(service, ("command",), re.sub(rf"\s*(?<!\S){re.escape(word)}(?!\S)", "", node.text))
