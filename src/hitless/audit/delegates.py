"""Well-kept scanners of others: asked side by side, and told under our own ids.

One that is not on PATH, or whose answer cannot be read, is *not checked* and never a pass.
"""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.audit.check import Check, failed
from hitless.domain.finding import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hitless.audit.repository import Repository
    from hitless.domain.container import Output
    from hitless.domain.ports import Scanners

    Reader = Callable[[Any], Iterator[tuple[str, Check]]]
    Running = tuple["Delegate", list[str], Callable[[float], Output | None]]

SECONDS = 30.0


class Delegate(NamedTuple):
    """Another program.

    Attributes:
        hint: How it is installed.
        command: What is run; the files are added.
        wanted: The files that it is for; without any it is not asked.
        read: Our ids and checks from what it prints as JSON.
    """

    name: str
    hint: str
    command: tuple[str, ...]
    wanted: Callable[[Repository], list[str]]
    read: Reader


def begin(repository: Repository, scanners: Scanners) -> list[Running]:
    """Start every program that is there and has something to look at."""
    found = []
    for one in DELEGATES:
        files = one.wanted(repository)
        if files and scanners.has(one.name):
            found.append((one, files, scanners.begin((*one.command, *files))))
    return found


def finish(running: list[Running]) -> tuple[dict[str, tuple[Check, ...]], set[str]]:
    """What the programs found, by the id of our rule, and the names of those that ran."""
    checks: dict[str, list[Check]] = {}
    ran: set[str] = set()
    for one, files, wait in running:
        output = wait(SECONDS)
        found = _read(one, output.text) if output is not None else None
        if found is not None:
            ran.add(one.name)
            for identifier, check in found:
                checks.setdefault(identifier, []).append(_within(check, files))
    return {identifier: tuple(found) for identifier, found in checks.items()}, ran


def standing(repository: Repository, ran: set[str]) -> tuple[tuple[str, bool], ...]:
    """Each program that has something to look at here, and whether it did."""
    return tuple((one.name, one.name in ran) for one in DELEGATES if one.wanted(repository))


def _read(one: Delegate, text: str) -> list[tuple[str, Check]] | None:
    try:
        return list(one.read(json.loads(text or "[]")))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None  # another version with another answer: it counts as not run


def _within(check: Check, files: list[str]) -> Check:
    """The check at our name of its file: some programs answer with absolute paths."""
    if check.place is None:
        return check
    told = check.place.path
    path = next((one for one in files if told == one or told.endswith(f"/{one}")), told)
    subject = path if check.subject == told else check.subject
    return check._replace(place=check.place._replace(path=path), subject=subject)


def _zizmor(answer: Any) -> Iterator[tuple[str, Check]]:
    for one in answer:
        where = next(place for place in one["locations"] if place["symbolic"]["kind"] == "Primary")
        local = where["symbolic"]["key"]["Local"]
        line = int(where["concrete"]["location"]["start_point"]["row"]) + 1
        identifier = ZIZMOR.get(one["ident"], "CI10")
        path = str(local.get("given_path") or local["verbatim_path"]).removeprefix("./")
        place = Place(path, line)
        yield identifier, failed(path, place, f"zizmor: {one['desc']}", one["ident"])


def _squawk(answer: Any) -> Iterator[tuple[str, Check]]:
    for one in answer:
        if one["rule_name"] not in SQUAWK:
            continue  # a question of taste, or one that the database's version has answered
        identifier = "DB04" if one["rule_name"].startswith("ban-drop") else "DB05"
        place = Place(str(one["file"]), int(one["line"]) + 1)
        yield identifier, failed(place.path, place, f"squawk: {one['message']}", one["rule_name"])


def _gixy(answer: Any) -> Iterator[tuple[str, Check]]:
    for one in answer:
        identifier = GIXY.get(one["plugin"])
        if identifier is None:
            continue  # no rule of ours says the same
        line = int(one.get("line") or 1)
        place = Place(str(one.get("path") or one.get("file")), line)
        yield identifier, failed(place.path, place, f"gixy: {one['summary']}", one["plugin"])


def _hadolint(answer: Any) -> Iterator[tuple[str, Check]]:
    for one in answer:
        if one["code"] in HADOLINT:
            place = Place(str(one["file"]), int(one["line"]))
            message = f"hadolint: {one['message']}"
            yield HADOLINT[one["code"]], failed(place.path, place, message, one["code"])


def _actionlint(answer: Any) -> Iterator[tuple[str, Check]]:
    for one in answer:
        place = Place(str(one["filepath"]), int(one["line"]))
        yield "CI14", failed(place.path, place, f"actionlint: {one['message']}", one["kind"])


def _workflows(repository: Repository) -> list[str]:
    return [one.path for one in repository.workflows]


def _sql(repository: Repository) -> list[str]:
    return [p for p in repository.main if p.endswith(".sql") and "migrat" in posixpath.dirname(p)]


def _nginx(repository: Repository) -> list[str]:
    return [one.path for one in repository.nginx]


def _dockerfiles(repository: Repository) -> list[str]:
    return list(repository.dockerfiles)


ZIZMOR: Mapping[str, str] = {"unpinned-uses": "CI09", "dependabot-cooldown": "CI08"}
GIXY: Mapping[str, str] = {"add_header_redefinition": "NX03", "version_disclosure": "NX06"}
HADOLINT: Mapping[str, str] = {"DL3002": "DF05", "DL3009": "DF11", "DL3015": "DF11"}
SQUAWK = frozenset(
    (
        "require-concurrent-index-creation",
        "require-concurrent-index-deletion",
        "require-lock-timeout",
        "require-statement-timeout",
        "constraint-missing-not-valid",
        "changing-column-type",
        "adding-required-field",
        "adding-not-nullable-field",
        "renaming-column",
        "renaming-table",
        "ban-drop-column",
        "ban-drop-table",
    )
)
DELEGATES = (
    Delegate(
        "zizmor",
        'install it with "pip install zizmor"',
        ("zizmor", "--format=json", "--offline", "--no-exit-codes", "--min-severity=medium"),
        _workflows,
        _zizmor,
    ),
    Delegate(
        "squawk",
        'install it with "pip install squawk-cli"',
        ("squawk", "--reporter=Json"),
        _sql,
        _squawk,
    ),
    Delegate(
        "gixy",
        'install it with "pip install gixy-ng"',
        (
            "gixy",
            "--format=json",
            "--skips=try_files_is_evil_too,worker_rlimit_nofile_vs_connections",
        ),
        _nginx,
        _gixy,
    ),
    Delegate(
        "hadolint",
        "install it from its project's releases",
        ("hadolint", "--format=json", "--no-fail"),
        _dockerfiles,
        _hadolint,
    ),
    Delegate(
        "actionlint",
        "install it from its project's releases",
        ("actionlint", "-format", "{{json .}}"),
        _workflows,
        _actionlint,
    ),
)
