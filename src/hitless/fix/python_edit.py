"""Edits Python by nodes of its syntax; statements that no edit lies in stay as they are."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING

from hitless.documents.alembic import syntax
from hitless.domain.errors import DocumentInvalid
from hitless.fix.edit import RefusedError
from hitless.fix.python_imports import new_lines, renewed
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hitless.fix.edit import Edit

    Statement = ast.stmt
    Node = ast.expr | ast.stmt | ast.keyword | ast.alias

BODIES = frozenset(("body", "orelse", "finalbody", "handlers", "cases"))
Meaning = tuple[str, tuple[str, ...], tuple[str, ...]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


class PythonEditor(TextEditor):
    """Edits of one Python file.

    Args:
        text: The file's text.
        path: The file.

    Raises:
        RefusedError: when it is not Python.
    """

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        self._imports: dict[str, list[str]] = {}
        self._forgotten: set[str] = set()
        if "\r" in text.replace("\r\n", "") or text.startswith("\ufeff"):
            raise RefusedError(f"{path} has line breaks or a mark that shift its columns")
        try:
            self.tree = syntax(text, path)
        except DocumentInvalid as error:
            raise RefusedError(f"{path} is not Python") from error

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        return [0, *(at + 1 for at, one in enumerate(self.text) if one == "\n")]

    def span(self, node: Node) -> tuple[int, int]:
        """Offsets in characters of a node, decorators left out."""
        last = node.end_lineno or node.lineno
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(last, node.end_col_offset or 0),
        )

    def source(self, node: Node) -> str:
        """What stands there."""
        start, end = self.span(node)
        return self.text[start:end]

    def lines_of(self, one: Statement) -> tuple[int, int]:
        """Where the lines of a statement begin and end, decorators and its comment included.

        Raises:
            RefusedError: when it shares its lines with another.
        """
        start, end = self.span(one)
        for decorator in getattr(one, "decorator_list", ()):
            start = min(start, self.text.rindex("@", 0, self.span(decorator)[0] + 1))
        begin, after = self.line_start(start), self.line_end(end)
        behind = self.text[end:after].strip()
        if self.text[begin:start].strip() or (behind and not behind.startswith("#")):
            raise RefusedError(f"line {one.lineno} of {self.path} holds several statements")
        return begin, after

    def rewrite(self, node: Node, text: str) -> None:
        """Put a text in place of a node."""
        self.replace(*self.span(node), text)

    def before(self, one: Statement, lines: str) -> None:
        """Put lines above a statement, as deep as it stands."""
        start = self.lines_of(one)[0]
        self.insert_lines(start, self._indented(one, lines))

    def after(self, one: Statement, lines: str) -> None:
        """Put lines below a statement, as deep as it stands."""
        end = self.lines_of(one)[1]
        self.insert_lines(end, self._indented(one, lines))

    def instead(self, one: Statement, lines: str) -> None:
        """Put lines in place of a statement's."""
        start, end = self.lines_of(one)
        self.replace(start, end, self._indented(one, lines))

    def remove(self, one: Statement) -> None:
        """Take a statement away; where nothing else is left, ``pass`` stands for it."""
        siblings = next(body for body in self._bodies() if one in body)
        if len(siblings) == 1:
            self.instead(one, "pass")
        else:
            self.replace(*self.lines_of(one), "")

    def source_block(self, one: Statement) -> str:
        """The lines of a statement without its own indentation."""
        start, end = self.span(one)
        indent = self.text[self.line_start(start) : start]
        lines = self.text[start:end].replace("\r\n", "\n").split("\n")
        return "\n".join([lines[0], *(line.removeprefix(indent) for line in lines[1:])])

    def with_keywords(self, call: ast.Call, keywords: str) -> None:
        """Give a call more keyword arguments."""
        start, end = self.span(call)
        inside = self.text[start : end - 1].rstrip()
        comma = "" if not (call.args or call.keywords) else " " if inside[-1] == "," else ", "
        self.insert(start + len(inside), f"{comma}{keywords}")

    def import_name(self, module: str, name: str = "") -> None:
        """Make sure that a module, or a name of it, is imported."""
        names = self._imports.setdefault(module, [])
        if name not in names:
            names.append(name)

    def forget(self, name: str) -> None:
        """Import a name no more when nothing that stays uses it."""
        self._forgotten.add(name)

    def same(self, node: ast.AST) -> ast.AST:
        """The node of this tree that stands where one of another reading does."""
        place = _place(node)
        return next(
            one for one in ast.walk(self.tree) if type(one) is type(node) and _place(one) == place
        )

    def parents(self, wanted: ast.AST) -> Iterator[ast.AST]:
        """The nodes around one, the nearest first."""
        above = {
            id(child): one for one in ast.walk(self.tree) for child in ast.iter_child_nodes(one)
        }
        while id(wanted) in above:
            wanted = above[id(wanted)]
            yield wanted

    def statement_of(self, node: ast.AST) -> Statement:
        """The statement that a node is in."""
        if isinstance(node, ast.stmt):
            return node
        return next(one for one in self.parents(node) if isinstance(one, ast.stmt))

    def functions(self) -> Iterator[Function]:
        """Every function."""
        return (one for one in ast.walk(self.tree) if isinstance(one, Function))

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of functions of these names, with or without a module before them."""
        for one in ast.walk(self.tree):
            if isinstance(one, ast.Call) and called(one) in names:
                yield one

    def proved(self) -> list[Edit]:
        """The edits.

        Raises:
            RefusedError: when another statement would be another.
        """
        self._settle_imports()
        try:
            made = syntax(self.result(), self.path)
        except DocumentInvalid as error:
            raise RefusedError(f"{self.path} would not be Python: {error.message}") from error
        after = PythonEditor(self.result(), self.path)
        now = {after.span(one)[0]: meaning for one, meaning in _meanings(made)}
        for one, meaning in _meanings(self.tree):
            start, end = self.span(one)
            if not self.is_touched(start, end) and now.get(self.moved(start)) != meaning:
                raise RefusedError(f"{self.path} cannot be changed without touching more of it")
        return self.edits

    def _settle_imports(self) -> None:
        gone = {name for name in self._forgotten if not self._is_used(name)}
        imports = [one for one in self.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
        for one in imports:
            if isinstance(one, ast.ImportFrom) and not one.level:
                self._renew(one, self._imports.pop(one.module or "", []), gone)
            for alias in one.names if isinstance(one, ast.Import) else ():
                name = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
                self._imports.pop(name, None)
        for at, lines in new_lines(imports, self._imports):
            place = self._top() if at is None else self.lines_of(at.beside)[at.below]
            self.insert_lines(place, lines)
        self._imports, self._forgotten = {}, set()

    def _renew(self, one: ast.ImportFrom, added: list[str], gone: set[str]) -> None:
        """Other names from the same module."""
        text = renewed(one, added, gone)
        if text is not None and text:
            self.rewrite(one, text)
        elif text is not None:
            self.replace(*self.lines_of(one), "")

    def _top(self) -> int:
        """Below the docstring of a file that imports nothing."""
        first = self.tree.body[0] if self.tree.body else None
        said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        return self.lines_of(first)[1] if said and first is not None else 0

    def _is_used(self, name: str) -> bool:
        """Something that stays, or is new, uses a name."""
        for one in ast.walk(self.tree):
            if isinstance(one, ast.Name) and one.id == name:
                start, end = self.span(one)
                if not any(e.start <= start and end <= e.end for e in self.edits):
                    return True
        return any(re.search(rf"\b{re.escape(name)}\b", one.text) for one in self.edits)

    def _offset(self, line: int, column: int) -> int:
        start = self._lines[line - 1]
        if self.text.isascii():
            return start + column
        return start + len(self.text[start:].encode()[:column].decode(errors="ignore"))

    def _indented(self, one: Statement, lines: str) -> str:
        indent = self.text[self.line_start(self.span(one)[0]) : self.span(one)[0]]
        return "".join(f"{indent}{line}".rstrip() + "\n" for line in lines.split("\n"))

    def _bodies(self) -> Iterable[list[ast.stmt]]:
        for one in ast.walk(self.tree):
            for name in ("body", "orelse", "finalbody"):
                found = getattr(one, name, None)
                if isinstance(found, list):
                    yield found


def _meanings(tree: ast.AST, above: tuple[str, ...] = ()) -> Iterator[tuple[ast.stmt, Meaning]]:
    """Each statement with what it says by itself, and the functions and classes around it."""
    for one in ast.iter_child_nodes(tree):
        if isinstance(one, ast.stmt):
            own = {n: v for n, v in ast.iter_fields(one) if n not in BODIES}
            said = [
                f"{n}={ast.dump(v) if isinstance(v, ast.AST) else _dumped(v)}"
                for n, v in own.items()
            ]
            yield one, (type(one).__name__, above, tuple(said))
        name = getattr(one, "name", None)
        yield from _meanings(one, (*above, name) if isinstance(name, str) else above)


def _dumped(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(ast.dump(one) if isinstance(one, ast.AST) else repr(one) for one in value)
    return repr(value)


def _place(node: ast.AST) -> tuple[int, int, int, int]:
    names = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    first, column, last, end = (getattr(node, name, -1) for name in names)
    return first, column, last, end


def called(call: ast.Call) -> str:
    """The last word of what is called; empty when it is no name."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
