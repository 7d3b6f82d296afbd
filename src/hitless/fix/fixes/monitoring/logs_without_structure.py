"""MO05: each line of the logs is an object with fields, the server's own lines among them."""

from __future__ import annotations

import ast
import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of
from hitless.fix.edit import NewFile, RefusedError
from hitless.fix.fastapi import in_each_main, module_beside
from hitless.fix.python_edit import called
from hitless.fix.python_files import edits, module_of
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Action, Step

CONFIGURES = r"\b(basicConfig|dictConfig|fileConfig|addHandler)\("
MODULE = '''"""Logs as JSON, one object a line: questions need no regular expression."""

import json
import logging
import sys
import time

USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
SERVERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "gunicorn.error", "gunicorn.access")


class JsonFormatter(logging.Formatter):
    """Time, level, logger and message, and each field that was passed as ``extra``."""

    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        told = {name: value for name, value in vars(record).items() if name not in USUAL}
        told["time"] = self.formatTime(record)
        told["level"] = record.levelname
        told["logger"] = record.name
        told["message"] = record.getMessage()
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str, ensure_ascii=False)


def configure_logs() -> None:
    """One handler for everybody; levels stay as they are."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().handlers[:] = [handler]
    for name in SERVERS:  # they bring handlers of their own, and would tell everything twice
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
'''


@fix("MO05")
def logs_without_structure(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Add a module that formats, and the line that turns it on before the application is made."""
    yield from in_each_main(repository, findings, _formatted)


def _formatted(repository: Repository, path: str) -> list[Action]:
    module = module_beside(repository, path, "json_logs.py")
    other = _configured(repository, path)
    if other:
        raise RefusedError(f"{other} configures the logs: give its handlers a JSON formatter")
    change = partial(_turned_on, module=module_of(repository, module))
    return [NewFile(module, MODULE), *edits(repository, path, change)]


def _configured(repository: Repository, path: str) -> str:
    """The file that sets handlers; that of migrations is a program of its own."""
    for service in backends(repository):
        code = code_of(repository, service)
        for one, text in code.items() if path in code else ():
            if re.search(CONFIGURES, text) and posixpath.basename(one) != "env.py":
                return one
    return ""


def _turned_on(editor: PythonEditor, module: str) -> None:
    makes = (
        one
        for one in editor.tree.body
        if isinstance(one, ast.Assign | ast.AnnAssign)
        and isinstance(one.value, ast.Call)
        and called(one.value) == "FastAPI"
    )
    made = next(makes, None)
    if made is None:
        raise RefusedError(f"{editor.path} makes no application of FastAPI")
    editor.before(made, "configure_logs()\n")
    editor.import_name(module, "configure_logs")
