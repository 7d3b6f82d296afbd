"""The first tests of a package: what can be asked without knowing what it is for."""

from __future__ import annotations

import ast
import json
import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.application import code_of
from hitless.documents.paths import joined
from hitless.domain.secrets import names_secret
from hitless.fix.edit import Edit, NewFile, RefusedError
from hitless.fix.fastapi import application, main_of, routes
from hitless.fix.python_edit import PythonEditor
from hitless.fix.python_files import module_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.fix.step import Action

LIVES = r".*/(?:health|healthz|live|livez|version)$"
TOOLS = "httpx==0.28.1\npytest==8.3.4\n"
PYTEST = "[pytest]\npythonpath = .\n"
PYTHON_TEST = '''"""The application can be imported, and answers without anything beside it."""
{environment}
from fastapi.testclient import TestClient{late}

from {module} import {app}{late}


def test_the_process_says_that_it_lives() -> None:
    assert TestClient({app}).get("{path}").status_code == 200
'''
ENVIRONMENT = """
import os

# Settings have no default for these; nothing is protected by them here.
{lines}
"""
MOST = 20  # files of a package whose syntax one command can name
PAGE_TEST = """import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("every script that the page names is there", () => {
  const page = readFileSync("index.html", "utf8");
  const names = [...page.matchAll(/<script[^>]*\\ssrc="\\/([^"]+)"/g)].map((found) => found[1]);
  assert.notEqual(names.length, 0);
  for (const name of names) assert.notEqual(readFileSync(name, "utf8"), "");
});
"""


def of_service(repository: Repository, service: Service) -> list[Action]:
    """A test of a FastAPI application, and what runs it.

    Raises:
        RefusedError: when it has no path that answers by itself.
    """
    path = main_of(repository, service)
    if not path:
        raise RefusedError(f"{service} is no application of FastAPI: tests have to be written")
    editor = PythonEditor(repository.text(path), path)
    asked = [route for _, _, route in routes(editor) if re.fullmatch(LIVES, f"/{route}")]
    if not asked:
        raise RefusedError(f"{path} has no path that answers without anything beside it")
    home = service.build()[0]
    names = sorted(_required(repository, service))
    lines = "\n".join(f'os.environ.setdefault("{name}", "for-tests")' for name in names)
    text = PYTHON_TEST.format(
        environment=ENVIRONMENT.format(lines=lines) if names else "",
        late="  # noqa: E402" if names else "",
        module=module_of(repository, path),
        app=application(editor),
        path=asked[0],
    )
    return [NewFile(joined(home, "tests/test_smoke.py"), text), *_runner(repository, home)]


def _required(repository: Repository, service: Service) -> Iterator[str]:
    """Variables without which the code cannot be imported."""
    for path, text in code_of(repository, service).items():
        if path.endswith(".py") and "/versions/" not in path and not path.endswith("/env.py"):
            yield from re.findall(r"os\.environ\[[\"'](\w+)[\"']\]", text)
            if "BaseSettings" in text:
                yield from _without_default(PythonEditor(text, path))


def _without_default(editor: PythonEditor) -> Iterator[str]:
    for one in ast.walk(editor.tree):
        if not isinstance(one, ast.ClassDef) or "BaseSettings" not in map(ast.unparse, one.bases):
            continue
        for field in one.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                value = "" if field.value is None else ast.unparse(field.value)
                bare = not value or re.fullmatch(r"Field\((?!default)(\w+=[^)]*)?\)", value)
                if bare or names_secret(field.target.id):  # no secret keeps its default
                    yield _as_text(editor, field, field.target.id)


def _as_text(editor: PythonEditor, field: ast.AnnAssign, name: str) -> str:
    if not ast.unparse(field.annotation).startswith(("str", "SecretStr")):
        raise RefusedError(f"{editor.path} requires {name}, for which no value is known")
    return name.upper()


def _runner(repository: Repository, home: str) -> Iterator[NewFile]:
    configured = ("pytest.ini", "tox.ini", "setup.cfg", "conftest.py")
    project = repository.text(joined(home, "pyproject.toml"))
    known = any(joined(home, name) in repository.known for name in configured)
    if not known and "[tool.pytest" not in project:
        yield NewFile(joined(home, "pytest.ini"), PYTEST)
    development = joined(home, "requirements-dev.txt")
    if joined(home, "requirements.txt") not in repository.known or project:
        raise RefusedError("pytest has to be added by the tool that writes the lock file")
    if development not in repository.known:
        yield NewFile(development, f"-r requirements.txt\n{TOOLS}")


def of_page(repository: Repository, path: str) -> list[Action]:
    """Scripts of an npm package whose page is plain JavaScript.

    Raises:
        RefusedError: when there is more to check than syntax.
    """
    home = posixpath.dirname(path)
    inside = joined(home, "src")
    sources = [posixpath.relpath(one, home or ".") for one in repository.below(inside)]
    code = [one for one in sources if re.search(r"\.[cm]?[jt]sx?$", one)]
    plain = [one for one in code if one.endswith((".js", ".mjs"))]
    if not code or plain != code or len(code) > MOST:
        raise RefusedError("its sources need a compiler of their own: tests have to be written")
    if joined(home, "index.html") not in repository.known:
        raise RefusedError("there is no index.html whose scripts could be looked for")
    lint = " && ".join(f"node --check {one}" for one in code)
    edit = _scripts(repository.text(path), path, {"lint": lint, "test": "node --test"})
    return [edit, NewFile(joined(home, "tests/page.test.js"), PAGE_TEST)]


def _scripts(text: str, path: str, wanted: dict[str, str]) -> Edit:
    """More scripts in package.json, above the others."""
    data = json.loads(text)
    new = {name: value for name, value in wanted.items() if name not in data["scripts"]}
    found = re.search(r'"scripts"\s*:\s*\{(\s*)', text)
    if found is None or data.get("type") != "module":
        raise RefusedError(f"{path} is no package of modules, or has its scripts elsewhere")
    pairs = "".join(f"{json.dumps(n)}: {json.dumps(v)},{found[1] or ' '}" for n, v in new.items())
    edit = Edit(path, found.end(), found.end(), pairs)
    made = json.loads(text[: edit.start] + pairs + text[edit.end :])
    if made != {**data, "scripts": {**new, **data["scripts"]}}:
        raise RefusedError(f"{path} has another object called scripts")
    return edit
