"""Alembic revisions, read as syntax and never imported."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.domain.errors import DocumentInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

# Operations whose first argument is the name of what they make; the table comes second.
NAMED_FIRST = frozenset(
    (
        "create_index",
        "drop_index",
        "drop_constraint",
        "create_foreign_key",
        "create_check_constraint",
        "create_unique_constraint",
        "create_primary_key",
        "create_exclude_constraint",
    )
)


class Operation(NamedTuple):
    """A call of ``op`` or of a batch.

    Attributes:
        name: Such as ``drop_column``.
        table: The table it works on; empty when that is not a literal.
        args: Literal positional arguments, None for others.
        given: Literal keyword arguments; a key is there also when its value is no literal.
        call: The syntax, for what only one rule asks.
    """

    name: str
    table: str
    args: list[Any]
    given: dict[str, Any]
    line: int
    call: ast.Call

    @property
    def sql(self) -> str:
        """The statement of an ``execute``."""
        return self.args[0] if self.name == "execute" and self.args and self.args[0] else ""


class Revision:
    """One revision file.

    Attributes:
        downs: The revisions it follows; empty for the first.
        has_downgrade: It defines a downgrade that does something.
        created: The day on which it was made, as ``YYYY-MM-DD``; empty when it does not tell.
    """

    __slots__ = (
        "created",
        "downgrade",
        "downgrade_line",
        "downs",
        "has_downgrade",
        "line",
        "name",
        "path",
        "upgrade",
    )

    def __init__(  # noqa: PLR0917  # written out: dataclasses takes longer to import
        self,
        path: str,
        name: str,
        downs: tuple[str, ...],
        line: int,
        upgrade: list[Operation] | None = None,
        downgrade: list[Operation] | None = None,
        *,
        has_downgrade: bool = False,
        downgrade_line: int = 1,
        created: str = "",
    ) -> None:
        self.path = path
        self.name = name
        self.downs = downs
        self.line = line
        self.upgrade: list[Operation] = [] if upgrade is None else upgrade
        self.downgrade: list[Operation] = [] if downgrade is None else downgrade
        self.has_downgrade = has_downgrade
        self.downgrade_line = downgrade_line
        self.created = created


def parse(text: str, path: str) -> Revision | None:
    """A revision; None when the file is none.

    Raises:
        DocumentInvalid: when it is not Python.
    """
    tree = syntax(text, path)
    names = dict(_assigned(tree))
    if not isinstance(names.get("revision", (None, 0))[0], str):
        return None
    downs, line = names.get("down_revision", (None, 1))[0], names["revision"][1]
    followed = (downs,) if isinstance(downs, str) else tuple(downs or ())
    dated = re.search(r"^Create Date:\s*(\d{4}-\d\d-\d\d)", text, re.MULTILINE)
    made = Revision(path, names["revision"][0], followed, line, created=dated[1] if dated else "")
    constants = {
        name: value for name, (value, _) in names.items() if isinstance(value, str | list | tuple)
    }
    for one in tree.body:
        if isinstance(one, ast.FunctionDef) and one.name == "upgrade":
            made.upgrade = list(_operations(one, constants))
        if isinstance(one, ast.FunctionDef) and one.name == "downgrade":
            made.downgrade = list(_operations(one, constants))
            made.has_downgrade, made.downgrade_line = not _is_empty(one), one.lineno
    return made


def syntax(text: str, path: str) -> ast.Module:
    """Python as a tree.

    Raises:
        DocumentInvalid: when it is not Python, or nested too deeply to read.
    """
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise DocumentInvalid(path, error.lineno or 1, f"not Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise DocumentInvalid(path, 1, f"not Python: {error}") from None


def heads(revisions: list[Revision]) -> list[Revision]:
    """Revisions that no other follows."""
    followed = {down for one in revisions for down in one.downs}
    return [one for one in revisions if one.name not in followed]


def in_order(revisions: list[Revision]) -> list[Revision]:
    """Each revision after those it follows; what hangs in the air comes last."""
    waiting, done = list(revisions), []
    names: set[str] = set()
    while ready := [one for one in waiting if all(down in names for down in one.downs)]:
        done += ready
        names |= {one.name for one in ready}
        waiting = [one for one in waiting if one.name not in names]
    return done + waiting


def _assigned(tree: ast.Module) -> Iterator[tuple[str, tuple[Any, int]]]:
    for one in tree.body:
        value = getattr(one, "value", None)
        targets = one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and value is not None:
                yield target.id, (_literal(value), one.lineno)


def _literal(node: ast.AST | None) -> Any:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _is_empty(function: ast.FunctionDef) -> bool:
    return all(
        isinstance(one, ast.Pass | ast.Raise)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in function.body
    )


def _operations(function: ast.FunctionDef, constants: dict[str, Any]) -> Iterator[Operation]:
    batches = _batches(function)
    calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        if not isinstance(base, ast.Name) or base.id not in batches:
            continue
        args = [_argument(one, constants) for one in call.args]
        given = {one.arg: _argument(one.value, constants) for one in call.keywords if one.arg}
        name = call.func.attr  # type: ignore[attr-defined]
        yield Operation(
            name, _table(name, args, given, batches[base.id]), args, given, call.lineno, call
        )


def _batches(function: ast.FunctionDef) -> dict[str, str]:
    """Names on which operations are called, and the table of each batch."""
    found = {"op": ""}
    for one in ast.walk(function):
        for item in one.items if isinstance(one, ast.With) else ():
            call, name = item.context_expr, item.optional_vars
            if isinstance(call, ast.Call) and isinstance(name, ast.Name) and call.args:
                found[name.id] = str(_literal(call.args[0]) or "")
    return found


def _table(name: str, args: list[Any], given: dict[str, Any], batch: str) -> str:
    if batch:
        return batch
    place = 1 if name in NAMED_FIRST else 0
    value = given.get("table_name") or given.get("source_table")
    if value is None and len(args) > place:
        value = args[place]
    return value if isinstance(value, str) else ""


def _argument(node: ast.AST, constants: dict[str, Any]) -> Any:
    """A literal, a constant of the file, or the text that ``sa.text`` wraps."""
    if isinstance(node, ast.Name):
        return constants.get(node.id)
    if isinstance(node, ast.Call) and node.args:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return _argument(node.args[0], constants) if name == "text" else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "?" for one in node.values
        )
    return _literal(node)
