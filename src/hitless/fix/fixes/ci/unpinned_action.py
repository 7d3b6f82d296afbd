"""CI09: an action is the commit that was reviewed, with its tag as a comment."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.documents.yaml_tree import parse
from hitless.domain.errors import DocumentInvalid
from hitless.fix.attempt import attempt
from hitless.fix.edit import Edit, RefusedError, spliced
from hitless.fix.generate.render import actions
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

BRANCHES = frozenset(("main", "master"))


@fix("CI09")
def unpinned_action(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Pin those of the table; a tag that means another version is left, for it is other code."""
    places = {one.place for one in findings}
    nodes = [step.node.get("uses") for _, step in pipeline.actions(repository)]
    # A step behind an alias is one more use of the same text.
    wanted = {(n.path, n.start): n for n in nodes if n is not None and (n.path, n.line) in places}
    for node in wanted.values():
        yield attempt(node, partial(_pinned, repository, node))


def _pinned(repository: Repository, node: Node) -> list[Edit]:
    name, _, revision = node.text.partition("@")
    one = _reviewed(node.text, name, revision)
    text = repository.text(node.path)
    raw = text[node.start : node.end]
    if raw.count(node.text) != 1:
        raise RefusedError(f"{node.text} is written in an unusual way")
    at = node.start + raw.index(node.text)
    made = [Edit(node.path, at, at + len(node.text), f"{name}@{one['sha']}")]
    made.append(_noted(text, node, one["tag"]))
    _prove(text, made, node.text, f"{name}@{one['sha']}")
    return made


def _reviewed(uses: str, name: str, revision: str) -> Mapping[str, str]:
    """The action as the table has it.

    Raises:
        RefusedError: when it is not there, or its tag means another version.
    """
    one = actions().get(name)
    if one is None:
        raise RefusedError(f"{name} is not in the table of reviewed actions; pin it by hand")
    means = revision in BRANCHES or f"{one['tag']}.".startswith(f"{revision}.")
    if not revision or not means:
        raise RefusedError(f"{uses} is another version than {one['tag']}, which was reviewed")
    return one


def _noted(text: str, node: Node, tag: str) -> Edit:
    """The tag behind the action, or at the end of the line that goes on behind it."""
    line = re.compile(r"[^\r\n]*").match(text, node.end)
    rest = line[0] if line else ""
    beside = not rest.strip() or rest.lstrip().startswith("#")
    at = node.end if beside else node.end + len(rest.rstrip())
    return Edit(node.path, at, at, f" # {tag}")


def _prove(text: str, made: list[Edit], old: str, new: str) -> None:
    """The same file but for this action in this place."""
    path = made[0].path
    try:
        before, after = (list(parse(one, path).walk()) for one in (text, spliced(text, made)))
    except DocumentInvalid as error:
        raise RefusedError(f"{path} would not be readable") from error
    changed = {(a.text, b.text) for a, b in zip(before, after, strict=False) if a.text != b.text}
    if len(before) != len(after) or changed != {(old, new)}:
        raise RefusedError(f"{old} cannot be pinned without touching more of {path}")
