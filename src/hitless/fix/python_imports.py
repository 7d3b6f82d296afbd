"""Where imports go: the standard library first, then others, each group in order."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Import = ast.Import | ast.ImportFrom


class Place(NamedTuple):
    """Above an import, or below it."""

    beside: Import
    below: bool


def renewed(one: ast.ImportFrom, added: Sequence[str], gone: set[str]) -> str | None:
    """An import with names added and others left out; None when it stays, empty when it goes."""
    there = {alias.name for alias in one.names}
    kept = [a for a in one.names if (a.asname or a.name) not in gone]
    new = [name for name in added if name and name not in there]
    if "*" in there or (len(kept) == len(one.names) and not new):
        return None
    words = [f"{a.name} as {a.asname}" if a.asname else a.name for a in kept] + new
    return f"from {one.module} import {', '.join(sorted(words, key=_order))}" if words else ""


def new_lines(
    imports: Sequence[Import], wanted: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Place | None, str]]:
    """Lines for modules that are not imported yet, and where; None for a file without imports."""
    later = [one for one in imports if getattr(one, "module", "") != "__future__"]
    texts = sorted(_texts(wanted), key=lambda one: one[0])
    if not later:
        lines = "".join(f"{text}\n" for _, text in texts)
        if lines:
            yield (Place(imports[-1], below=True) if imports else None), f"{lines}\n\n"
        return
    alone = [text for key, text in texts if _is_standard(key[2])]
    if alone and not any(_is_standard(_module(one)) for one in later):
        yield Place(later[0], below=False), "".join(f"{text}\n" for text in alone) + "\n"
        texts = [one for one in texts if one[1] not in alone]
    for key, text in texts:
        yield _place(later, key), f"{text}\n"


Key = tuple[bool, int, str]


def _texts(wanted: Mapping[str, Sequence[str]]) -> Iterator[tuple[Key, str]]:
    for module, names in wanted.items():
        chosen = sorted((name for name in names if name), key=_order)
        text = f"from {module} import {', '.join(chosen)}" if chosen else f"import {module}"
        name = module.split()[0]
        yield (not _is_standard(name), int(bool(chosen)), name), text


def _place(imports: Sequence[Import], key: Key) -> Place:
    """Beside the imports of the same package, or of the same kind, in their order."""
    root = key[2].partition(".")[0]
    near = [one for one in imports if _module(one).partition(".")[0] == root]
    kind = [one for one in imports if _is_standard(_module(one)) == _is_standard(root)]
    alike = near or _first_block(kind) or list(imports)
    for one in alike:
        if (int(isinstance(one, ast.ImportFrom)), _module(one)) > key[1:]:
            return Place(one, below=False)
    return Place(alike[-1], below=True)


def _first_block(imports: Sequence[Import]) -> list[Import]:
    """Those without an empty line between them: the project's own stand below."""
    found = list(imports[:1])
    for one in imports[1:]:
        if one.lineno > (found[-1].end_lineno or found[-1].lineno) + 1:
            break
        found.append(one)
    return found


def _module(one: Import) -> str:
    """The module of an import; a dot for one of its own package."""
    if isinstance(one, ast.Import):
        return one.names[0].name
    return "." if one.level else one.module or ""


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _order(name: str) -> tuple[int, str]:
    """As isort puts names: constants, classes, functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)
