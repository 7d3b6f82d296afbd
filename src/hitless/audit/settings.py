"""What hitless.yaml says about the audit.

Read without the schema, which costs more than the whole audit; ``hitless config check``
holds the same section against it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.ignore import Ignore
from hitless.documents.yaml_tree import parse
from hitless.domain.errors import ConfigInvalid, DocumentInvalid
from hitless.domain.finding import Place
from hitless.domain.score import Category

if TYPE_CHECKING:
    from hitless.documents.yaml_tree import Node

FILE = "hitless.yaml"
DATE = r"\d{4}-\d{2}-\d{2}"


class AuditSettings(NamedTuple):
    """The section ``audit``."""

    ignores: list[Ignore]
    weights: dict[Category, float]


def settings(text: str) -> AuditSettings:
    """The section of a hitless.yaml; the usual values when there is none.

    Raises:
        ConfigInvalid: with file and line, when it cannot be used.
    """
    try:
        section = parse(text, FILE).get("audit")
    except DocumentInvalid as error:
        raise _invalid(error.line, error.problem) from None
    if section is None:
        return AuditSettings([], {})
    weights = section.get("weights")
    return AuditSettings(
        [_ignore(one) for one in section.nodes("ignore")],
        dict(_weight(name, one) for name, one in (weights.fields if weights else {}).items()),
    )


def _ignore(node: Node) -> Ignore:
    for name in ("rule", "reason"):
        if not node.say(name):
            raise _invalid(node.line, f"an ignore needs the key {name!r}")
    until = node.say("until")
    if until and not re.fullmatch(DATE, until):
        raise _invalid(node.fields["until"].line, f"not a date: {until!r}; write 2027-01-31")
    return Ignore(
        frozenset((node.say("rule"),)),
        Place(FILE, node.line),
        node.say("reason"),
        node.say("path") or "*",
        None,
        node.say("subject"),
        until,
    )


def _weight(name: str, node: Node) -> tuple[Category, float]:
    try:
        return Category(name), float(node.text)
    except ValueError:
        known = ", ".join(Category)
        problem = f"not the weight of a category: {name}: {node.text}; there are {known}"
        raise _invalid(node.line, problem) from None


def _invalid(line: int, problem: str) -> ConfigInvalid:
    hint = 'see the keys with "hitless config schema"'
    return ConfigInvalid(f"{FILE} has a mistake", hint, (f"{FILE}:{line}: {problem}",))
