"""Compose files as Compose merges them: overlays, ``extends``, ``include``, ``!reset``."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from hitless.documents.interpolation import interpolate
from hitless.documents.paths import joined
from hitless.documents.service import Service
from hitless.documents.yaml_tree import Node, as_map, empty, parse
from hitless.domain.errors import DocumentInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MAX_FILES = 30  # an include of itself must end
REPLACED = frozenset(("command", "entrypoint", "test"))  # Compose does not append these
PAIRS = frozenset(("environment", "labels", "args", "annotations", "extra_hosts"))
NAMED = frozenset(("depends_on", "networks"))


class Project:
    """One Compose application.

    Attributes:
        directory: Where its first file lies; empty for the repository's root.
        files: As they are merged, overlays last.
        root: The merged document.
        services: By name.
        values: What its ``.env`` says.
        missing: Nodes that name a file which is not there.
    """

    __slots__ = ("directory", "files", "missing", "root", "services", "values")

    def __init__(  # noqa: PLR0917  # written out: dataclasses takes longer to import
        self,
        directory: str,
        files: tuple[str, ...],
        root: Node,
        services: dict[str, Service] | None = None,
        values: Mapping[str, str] | None = None,
        missing: list[Node] | None = None,
    ) -> None:
        self.directory = directory
        self.files = files
        self.root = root
        self.services: dict[str, Service] = {} if services is None else services
        self.values: Mapping[str, str] = {} if values is None else values
        self.missing: list[Node] = [] if missing is None else missing

    def path(self, name: str) -> str:
        """A path of the repository for one that a Compose file names."""
        return joined(self.directory, interpolate(name, self.values))


def load(
    files: Sequence[str], read: Callable[[str], str | None], values: Mapping[str, str]
) -> Project:
    """A project from its files.

    Args:
        files: Paths in the repository; later ones are laid over earlier ones.
        read: The text of a file; None when it is not there.
        values: What ``.env`` beside the first file says.

    Raises:
        DocumentInvalid: with the file and line of the first mistake.
    """
    loader = _Loader(read, values)
    root = empty(files[0])
    for path in files:
        root = merged(root, loader.file(path))
    directory = posixpath.dirname(files[0])
    project = Project(directory, tuple(files), root, {}, values, loader.missing)
    services = root.get("services")
    for name, node in (services.fields if services else {}).items():
        if node.is_map:
            project.services[name] = Service(name, node, services.key(name), project)  # type: ignore[union-attr]
    return project


def merged(base: Node, over: Node, name: str = "") -> Node:
    """What Compose makes of a value and the one laid over it."""
    if over.tag == "!override" or name in REPLACED:
        return over
    if name in PAIRS or name in NAMED:
        base, over = as_map(base), as_map(over)
    if base.is_map and over.is_map:
        return _merged_maps(base, over)
    if base.is_list and over.is_list:
        return _with(over, items=[*base.items, *over.items])
    return over


def _merged_maps(base: Node, over: Node) -> Node:
    made = _with(over, items=[])
    made.fields, made.keys = dict(base.fields), dict(base.keys)
    made.twice = [*base.twice, *over.twice]
    for name, value in over.fields.items():
        below = base.fields.get(name)
        if value.tag == "!reset":
            made.fields.pop(name, None)
            made.keys.pop(name, None)
            continue
        made.fields[name] = merged(below, value, name) if below is not None else value
        # A service is told where it was first written, a value where it was last.
        made.keys[name] = base.keys[name] if below is not None and value.is_map else over.keys[name]
    return made


def _with(node: Node, items: list[Node]) -> Node:
    return Node(
        node.path, node.line, node.column, node.start, node.end, node.kind, items=items, tag=""
    )


class _Loader:
    """Reads files and follows what they name."""

    def __init__(self, read: Callable[[str], str | None], values: Mapping[str, str]) -> None:
        self._read = read
        self._values = values
        self._parsed: dict[str, Node] = {}
        self._extending: set[tuple[str, str]] = set()
        self.missing: list[Node] = []

    def file(self, path: str) -> Node:
        """A file with its includes and extends followed."""
        root = self._tree(path)
        for include in root.nodes("include"):
            for node in include.nodes("path") if include.is_map else [include]:
                root = merged(self._named(node, path), root)
        services = root.get("services")
        if services is None or not services.is_map:
            return root
        extended = _with(services, [])
        extended.keys = services.keys
        extended.fields = {
            name: self._extended(path, name, node) for name, node in services.fields.items()
        }
        made = _with(root, [])
        made.keys, made.twice = root.keys, root.twice
        made.fields = {**root.fields, "services": extended}
        return made

    def _tree(self, path: str) -> Node:
        if path not in self._parsed:
            if len(self._parsed) >= MAX_FILES:
                raise DocumentInvalid(path, 1, f"more than {MAX_FILES} Compose files are named")
            tree = parse(self._read(path) or "", path)
            if not tree.is_map:
                raise DocumentInvalid(path, tree.line, "expected keys such as 'services:'")
            self._parsed[path] = tree
        return self._parsed[path]

    def _named(self, node: Node, beside: str) -> Node:
        path = self._beside(node, beside)
        known = path in self._parsed
        return empty(path) if known or self._lacks(path, node) else self.file(path)

    def _beside(self, node: Node, beside: str) -> str:
        return joined(posixpath.dirname(beside), interpolate(node.text, self._values))

    def _lacks(self, path: str, node: Node) -> bool:
        lacks = self._read(path) is None
        if lacks:
            self.missing.append(node)
        return lacks

    def _extended(self, path: str, name: str, node: Node) -> Node:
        extends = node.get("extends")
        if extends is None or (path, name) in self._extending:
            return node
        other = extends.text or extends.say("service")
        file_node = extends.get("file") if extends.is_map else None
        source = self._beside(file_node, path) if file_node is not None else path
        if file_node is not None and self._lacks(source, file_node):
            return node
        below = self._tree(source).get("services", other)
        if below is None:
            raise DocumentInvalid(path, extends.line, f"extends {other!r}, which is not there")
        self._extending.add((path, name))
        base = self._extended(source, other, below)
        self._extending.discard((path, name))
        return merged(base, node)
