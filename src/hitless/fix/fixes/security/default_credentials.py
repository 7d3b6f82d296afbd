"""SE01: a secret has no default; without one nothing starts."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of
from hitless.documents.interpolation import variables
from hitless.documents.yaml_tree import parse
from hitless.domain.errors import DocumentInvalid
from hitless.domain.secrets import names_secret
from hitless.fix.attempt import attempt
from hitless.fix.edit import Edit, RefusedError, spliced
from hitless.fix.env_examples import example_of, shown
from hitless.fix.python_edit import called
from hitless.fix.python_files import edits
from hitless.fix.registry import fix
from hitless.fix.services import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Action, Step

OPERATOR = r":?[-?][^{}]*(?=\})"
REQUIRED = ":?set it in .env"
DEFAULT = r"(?<=\$\{{{name}):?-[^{{}}]*(?=\}})"


@fix("SE01")
def default_credentials(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Require each variable, and show it in the example env file; all of it or nothing."""
    if findings:
        yield attempt(findings[0].place, partial(_required, repository, findings))


def _required(repository: Repository, findings: Sequence[Finding]) -> list[Action]:
    made: list[Action] = []
    names: list[str] = []
    for path in dict.fromkeys(one.place.path for one in findings):
        if path.endswith(".py"):
            made += edits(repository, path, partial(_without_defaults, names=names))
            made += _given(repository, path, names)
        elif not path.endswith((".yml", ".yaml")):
            raise RefusedError(f"{path} falls back in a language that is not edited")
    composed, defaults = _in_compose(repository)
    made += composed
    example = repository.text(example_of(repository))
    passwords = {
        f":{value}@": f":${{{name}}}@"
        for name, value in defaults.items()
        if f":{value}@" in example
    }
    return [*made, *shown(repository, [*defaults, *names], passwords)]


def _in_compose(repository: Repository) -> tuple[list[Edit], dict[str, str]]:
    """The edits of Compose files, and what each secret was by default."""
    made: dict[Edit, None] = {}
    defaults: dict[str, str] = {}
    for service in repository.services:
        for node in service.node.walk():
            for one in variables(node.text):
                if one.default and names_secret(one.name) and "$" not in one.default:
                    defaults[one.name] = one.default
                    text = repository.text(node.path)
                    pattern = DEFAULT.format(name=re.escape(one.name))
                    for found in re.finditer(pattern, text[node.start : node.end]):
                        at = node.start + found.start()
                        edit = Edit(node.path, at, node.start + found.end(), REQUIRED)
                        made.setdefault(edit)
    for path in {one.path for one in made}:
        _prove(repository.text(path), path, [one for one in made if one.path == path])
    return [*made], defaults


def _prove(text: str, path: str, made: list[Edit]) -> None:
    """The same file, but for these texts."""
    before = parse(text, path)
    try:
        after = parse(spliced(text, made), path)
    except DocumentInvalid as error:
        raise RefusedError(f"{path} would not be readable") from error
    was, now = ([re.sub(OPERATOR, "", n.text) for n in tree.walk()] for tree in (before, after))
    if now != was:
        raise RefusedError(f"{path} cannot be changed in place")


def _without_defaults(editor: PythonEditor, names: list[str]) -> None:
    for one in ast.walk(editor.tree):
        if isinstance(one, ast.ClassDef) and _is_settings(one):
            names += _required_fields(editor, one)
        if isinstance(one, ast.Call) and ast.unparse(one.func) in ("os.getenv", "os.environ.get"):
            name = _with_default(one)
            if name:
                editor.rewrite(one, f'os.environ["{name}"]')
                names.append(name)
    if not editor.edits:
        raise RefusedError(f"{editor.path} falls back in an unusual way")


def _is_settings(one: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("BaseSettings") for base in one.bases)


def _required_fields(editor: PythonEditor, settings: ast.ClassDef) -> list[str]:
    """Make secrets of pydantic settings required, and not empty."""
    names = []
    if "env_prefix" in editor.source(settings):
        raise RefusedError(f"the variables of {editor.path} have a prefix")
    for field in settings.body:
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        value, kind = field.value, ast.unparse(field.annotation)
        if not names_secret(field.target.id) or not kind.startswith(("str", "SecretStr")):
            continue
        if (isinstance(value, ast.Constant) and value.value) or (
            isinstance(value, ast.Call) and called(value) == "SecretStr"
        ):
            editor.rewrite(value, "Field(min_length=1)")
        else:
            continue
        editor.import_name("pydantic", "Field")
        names.append(field.target.id.upper())
    return names


def _with_default(call: ast.Call) -> str:
    """The secret that a call asks with a constant fallback."""
    if len(call.args) != 2:  # noqa: PLR2004  # the name and the fallback
        return ""
    name, value = call.args
    if not isinstance(name, ast.Constant) or not isinstance(value, ast.Constant):
        return ""
    return str(name.value) if names_secret(str(name.value)) and value.value else ""


def _given(repository: Repository, path: str, names: Sequence[str]) -> Iterator[Action]:
    """Pass the variables to services that run this code and get no env file."""
    for service in backends(repository):
        if path not in code_of(repository, service) or service.env_files():
            continue
        node = service.node.get("environment")
        for name in names:
            if node is not None and not node.is_map:
                raise RefusedError(f"the environment of {service} is a list")
            if name not in service.environment():
                yield put(service, ("environment", name), f"${{{name}{REQUIRED}}}")
