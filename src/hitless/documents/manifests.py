"""What a package declares: package.json, pyproject.toml, requirements, lock files, go.mod."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from hitless.domain.errors import DocumentInvalid

NAME = r"^([A-Za-z0-9][\w.-]*)"


class Locked(NamedTuple):
    """A package in a lock file.

    Attributes:
        wheels: Names of its wheels; empty when the lock file does not tell.
    """

    name: str
    version: str
    line: int
    wheels: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """What one file declares.

    Attributes:
        kind: ``npm``, ``python`` or ``go``.
        scripts: Names that its package manager can run, with the line of each.
        dependencies: Direct ones, in lower case, with extras cut off.
        tools: Configured tools, such as ``ruff``.
        name: What other packages of a workspace call it; only of npm.
    """

    path: str
    kind: str
    scripts: dict[str, int]
    dependencies: dict[str, str]
    tools: frozenset[str] = frozenset()
    name: str = ""


def package_json(text: str, path: str) -> Manifest:
    """Scripts and dependencies of an npm package.

    Raises:
        DocumentInvalid: when it is not JSON, or not an object.
    """
    data = _object(text, path)
    scripts = {name: _line_of(text, f'"{name}"') for name in _table(data, "scripts")}
    wanted = {**_table(data, "dependencies"), **_table(data, "devDependencies")}
    tools = frozenset(key for key in data if key in ("eslintConfig", "jest", "prettier"))
    named = {key: str(value) for key, value in wanted.items()}
    return Manifest(path, "npm", scripts, named, tools, str(data.get("name", "")))


def pyproject(text: str, path: str) -> Manifest:
    """Dependencies and configured tools of a Python project.

    Raises:
        DocumentInvalid: when it is not TOML.
    """
    data = toml(text, path)
    project = _table(data, "project")
    wanted = [*_list(project.get("dependencies"))]
    groups = [*_table(project, "optional-dependencies").values()]
    groups += _table(data, "dependency-groups").values()
    for group in groups:
        wanted += _list(group)
    poetry = _table(_table(data, "tool"), "poetry")
    wanted += _table(poetry, "dependencies")
    for group in _table(poetry, "group").values():
        wanted += _table(group, "dependencies") if isinstance(group, dict) else []
    scripts = {name: _line_of(text, name) for name in _table(project, "scripts")}
    tools = frozenset(_table(data, "tool"))
    return Manifest(
        path, "python", scripts, _named([w for w in wanted if isinstance(w, str)]), tools
    )


def requirements(text: str, path: str) -> Manifest:
    """The packages of a requirements file."""
    lines = [line.strip() for line in text.splitlines()]
    return Manifest(path, "python", {}, _named([line for line in lines if line[:1] not in "#-"]))


def go_mod(text: str, path: str) -> Manifest:
    """The modules that a Go module requires."""
    found = re.findall(r"^\s*(?:require\s+)?([\w.-]+\.[\w./-]+)\s+(v\S+)", text, re.MULTILINE)
    return Manifest(path, "go", {}, dict(found))


def uv_lock(text: str, path: str) -> list[Locked]:
    """The packages of uv.lock or poetry.lock, with their wheels.

    Raises:
        DocumentInvalid: when it is not TOML.
    """
    found = []
    for one in _list(toml(text, path).get("package")):
        if isinstance(one, dict) and "name" in one:
            wheels = [*_list(one.get("wheels")), *_list(one.get("files"))]
            urls = [str(w.get("url") or w.get("file", "")) for w in wheels if isinstance(w, dict)]
            files = tuple(url.rsplit("/", 1)[-1] for url in urls if url.endswith(".whl"))
            line = _line_of(text, f'name = "{one["name"]}"')
            found.append(Locked(str(one["name"]), str(one.get("version", "")), line, files))
    return found


def toml(text: str, path: str) -> dict[str, Any]:
    """A TOML document.

    Raises:
        DocumentInvalid: when it is none.
    """
    import tomllib  # noqa: PLC0415  # most repositories need it once, some never

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise DocumentInvalid(path, int(line[1]) if line else 1, f"not TOML: {error}") from None


def _object(text: str, path: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentInvalid(path, error.lineno, f"not JSON: {error.msg}") from None
    except RecursionError:
        raise DocumentInvalid(path, 1, "not JSON: nested too deeply") from None
    if not isinstance(data, dict):
        raise DocumentInvalid(path, 1, "not JSON with named values")
    return data


def _table(data: Any, name: str) -> dict[str, Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        name = re.match(NAME, line)
        if name:
            found[name[1].lower().replace("_", "-")] = line[name.end() :].strip()
    return found


def _line_of(text: str, words: str) -> int:
    at = text.find(words)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
