"""DB06: migrations go where the environment says, by the driver that is installed."""

from __future__ import annotations

import ast
import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.documents.paths import joined
from hitless.fix.attempt import attempt
from hitless.fix.edit import RefusedError
from hitless.fix.python_files import edits
from hitless.fix.registry import fix
from hitless.fix.revisions import deeper
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

SYNCHRONOUS = frozenset(
    ("psycopg", "psycopg2", "psycopg2-binary", "pg8000", "pymysql", "mysqlclient")
)
ASYNCHRONOUS = frozenset(("asyncpg", "aiomysql", "asyncmy", "aiosqlite"))
NAMES = ("DATABASE_URL", "DB_URL", "POSTGRES_URL", "SQLALCHEMY_DATABASE_URI")


@fix("DB06")
def migration_address_fixed(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Read the address from the environment, and take it out of alembic.ini."""
    for finding in findings:
        yield attempt(finding.place, partial(_moved, repository, finding.place.path))


def _moved(repository: Repository, path: str) -> list[Edit]:
    text = repository.text(path)
    home = re.search(r"^script_location\s*=\s*(\S+)", text, re.MULTILINE)
    folder = re.sub(r"%\(here\)s/?", "", home[1]) if home else "alembic"
    script = joined(posixpath.dirname(path), f"{folder}/env.py")
    if script not in repository.known:
        raise RefusedError(f"{script} is not there")
    beside = _imports_neighbour(repository, path, script)
    change = partial(_read, name=_variable(repository), asynchronous=_is_async(repository))
    return [*_ini(text, path, beside=beside), *edits(repository, script, change)]


def _ini(text: str, path: str, *, beside: bool) -> list[Edit]:
    """No address; and the folder of the file on the path when env.py imports from it."""
    editor = TextEditor(text, path)
    for found in re.finditer(r"^sqlalchemy\.url\s*=.*\n?", text, re.MULTILINE):
        editor.replace(found.start(), found.end(), "")
    if beside and not re.search(r"^prepend_sys_path", text, re.MULTILINE):
        location = re.search(r"^script_location.*\n", text, re.MULTILINE)
        editor.insert_lines(location.end() if location else len(text), "prepend_sys_path = .\n")
    return editor.edits


def _imports_neighbour(repository: Repository, path: str, script: str) -> bool:
    roots = re.findall(r"^(?:from|import)\s+(\w+)", repository.text(script), re.MULTILINE)
    beside = posixpath.dirname(path)
    return any(
        repository.has(joined(beside, one)) or joined(beside, f"{one}.py") in repository.known
        for one in roots
        if one != "alembic"
    )


def _variable(repository: Repository) -> str:
    shown = {s.name for path in repository.env_examples for s in repository.env(path)}
    shown |= {name for service in repository.services for name in service.environment()}
    return next((name for name in NAMES if name in shown), NAMES[0])


def _is_async(repository: Repository) -> bool:
    """Only an asynchronous driver is installed."""
    found = {name for one in repository.manifests for name in one.dependencies}
    return bool(found & ASYNCHRONOUS) and not found & SYNCHRONOUS


def _read(editor: PythonEditor, name: str, *, asynchronous: bool) -> None:
    made = [one for one in editor.tree.body if _assigns_config(one)]
    if not made:
        raise RefusedError(f"{editor.path} keeps alembic's configuration in no variable")
    value = f'os.environ["{name}"].replace("%", "%%")'
    target = made[0].targets[0]  # type: ignore[attr-defined]  # an assignment, as was asked
    editor.after(made[0], f'{editor.source(target)}.set_main_option("sqlalchemy.url", {value})')
    editor.import_name("os")
    if asynchronous:
        _awaited(editor)


def _assigns_config(one: ast.stmt) -> bool:
    return (
        isinstance(one, ast.Assign)
        and isinstance(one.value, ast.Attribute)
        and ast.unparse(one.value) == "context.config"
    )


def _awaited(editor: PythonEditor) -> None:
    """Connect by the asynchronous engine and run the migrations inside of it."""
    for call in list(editor.calls("engine_from_config")):
        function = next(
            (one for one in editor.parents(call) if isinstance(one, ast.FunctionDef)), None
        )
        blocks = [one for one in function.body if isinstance(one, ast.With)] if function else []
        if function is None or len(blocks) != 1 or blocks[0].items[0].optional_vars is None:
            raise RefusedError(f"{editor.path} connects in a way that cannot be made asynchronous")
        _rewritten(editor, function, blocks[0], call)


def _rewritten(
    editor: PythonEditor, function: ast.FunctionDef, block: ast.With, call: ast.Call
) -> None:
    item = block.items[0]
    connection = editor.source(item.optional_vars)  # type: ignore[arg-type]  # looked at by the caller
    body = "\n".join(editor.source_block(one) for one in block.body)
    editor.before(function, f"def run_migrations({connection}) -> None:\n{deeper(body)}\n\n")
    start = editor.span(function)[0]
    editor.insert(start, "async ")
    editor.rewrite(call.func, "async_engine_from_config")
    run = f"await {connection}.run_sync(run_migrations)"
    opened = f"async with {editor.source(item.context_expr)} as {connection}:\n    {run}"
    editor.instead(block, opened)
    editor.forget("engine_from_config")
    editor.import_name("sqlalchemy.ext.asyncio", "async_engine_from_config")
    editor.import_name("asyncio")
    for used in editor.calls(function.name):
        editor.rewrite(used, f"asyncio.run({editor.source(used)})")
