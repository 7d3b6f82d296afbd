"""A Python package: installed as its lock file says, with the tools that it configures."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.documents.paths import joined
from hitless.fix.project.packages import Check, Package, Use, declared, first, own_tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository

PYTHON = "3.13"
POETRY = "2.5.1"
# For tools that are configured and that no manifest installs.
VERSIONS = {
    "bandit": "1.9.4",
    "black": "26.10.1",
    "flake8": "7.5.0",
    "isort": "9.0.2",
    "mypy": "2.4.1",
    "pylint": "4.1.4",
    "pyright": "1.1.414",
    "pytest": "9.2.0",
    "ruff": "0.17.6",
    "ty": "0.0.107",
}
COMMANDS = {
    "ruff": ("lint", "ruff check ."),
    "black": ("lint", "black --check ."),
    "isort": ("lint", "isort --check ."),
    "flake8": ("lint", "flake8"),
    "pylint": ("lint", "pylint --recursive=y ."),
    "bandit": ("lint", "bandit --quiet --recursive ."),
    "mypy": ("types", "mypy"),
    "pyright": ("types", "pyright"),
    "ty": ("types", "ty check"),
}
FILES = {"ruff.toml": "ruff", ".flake8": "flake8", "mypy.ini": "mypy", ".mypy.ini": "mypy"}
# What developers install, the most complete first; a lock file needs nothing beside it.
DEVELOPMENT = (
    "requirements-dev.lock",
    "requirements-dev.txt",
    "requirements_dev.txt",
    "dev-requirements.txt",
    "requirements-test.txt",
    "test-requirements.txt",
    "requirements/dev.txt",
    "requirements/test.txt",
)


def package(repository: Repository, folder: str) -> Package:
    """How it is installed, and what it can be asked."""
    setup, install, prefix = _installed(repository, folder)
    checks = [*_tools(repository, folder), *_tests(repository, folder)]
    lacking = [name for name in _programs(checks) if not _has(repository, folder, name)]
    pins = " ".join(f"{name}=={VERSIONS[name]}" for name in lacking)
    tools = (f"{_pip(prefix)} install {pins}",) if pins else ()
    if not checks:
        checks = [Check("every file compiles", "build", "python -m compileall -q .")]
    ready = tuple(one._replace(command=f"{prefix}{one.command}") for one in checks)
    return Package("python", folder, setup, install, prefix, ready, tools)


def python_version(repository: Repository, folder: str) -> str:
    """What its image runs on, else what it says, else a current one."""
    told = repository.text(joined(folder, ".python-version")).strip()
    if re.fullmatch(r"3\.\d+(\.\d+)?", told):
        return told
    for path, file in repository.dockerfiles.items():
        if path.startswith(f"{folder}/" if folder else ""):
            for stage in file.stages:
                found = re.search(r"(?:^|/)python:(3\.\d+)", stage.base)
                if found:
                    return found[1]
    found = re.search(r"requires-python\s*=\s*\"[>=~^]*=?(3\.\d+)", _pyproject(repository, folder))
    return found[1] if found else PYTHON


def _installed(repository: Repository, folder: str) -> tuple[tuple[Use, ...], tuple[str, ...], str]:
    version = python_version(repository, folder)
    python = Use("actions/setup-python", {"python-version": version})
    if _locked_by_uv(repository, folder):
        uv = Use("astral-sh/setup-uv", {"enable-cache": "false", "python-version": version})
        return (uv,), ("uv sync --locked",), "uv run "
    if first(repository, folder, "poetry.lock"):
        install = (f"pipx install poetry=={POETRY}", "poetry install --no-interaction")
        return (python,), install, "poetry run "
    return (python,), tuple(_by_pip(repository, folder)), ""


def _locked_by_uv(repository: Repository, folder: str) -> bool:
    """Its own lock file, or that of the workspace of which it is a member."""
    while folder and joined(folder, "uv.lock") not in repository.known:
        folder = posixpath.dirname(folder)
    return joined(folder, "uv.lock") in repository.known


def _by_pip(repository: Repository, folder: str) -> Iterator[str]:
    wanted = first(repository, folder, *DEVELOPMENT)
    base = first(
        repository, folder, "requirements.txt", "requirements.lock", "requirements/base.txt"
    )
    text = _pyproject(repository, folder)
    if wanted or base:
        alone = wanted.endswith(".lock") or "-r " in repository.text(joined(folder, wanted))
        named = [wanted] if wanted and alone else [one for one in (base, wanted) if one]
        yield "python -m pip install " + " ".join(f"--requirement {one}" for one in named)
    elif "[build-system]" in text and "[project]" in text:
        yield f"python -m pip install {_with_development(text)}"


def _with_development(text: str) -> str:
    """The project with what its developers need, as a group or as an extra."""
    extra = re.search(r"^(dev|test|tests)\s*=\s*\[", text, re.MULTILINE)
    if extra and "[dependency-groups]" in text:
        return f"--group {extra[1]} --editable ."
    if extra and "[project.optional-dependencies]" in text:
        return f'--editable ".[{extra[1]}]"'
    return "--editable ."


def _tools(repository: Repository, folder: str) -> Iterator[Check]:
    """Tools with a configuration beside the package; the root's are for all that is below."""
    found = {name for file, name in FILES.items() if first(repository, folder, file)}
    for one in repository.manifests:
        if one.path == joined(folder, "pyproject.toml"):
            found |= one.tools & frozenset(COMMANDS)
    for name, (kind, command) in COMMANDS.items():
        if name in found:
            yield Check(name, kind, _with_files(repository, folder, name, command), baseline=True)


def _with_files(repository: Repository, folder: str, name: str, command: str) -> str:
    """Mypy without files in its configuration has to be told some."""
    text = _pyproject(repository, folder) + repository.text(joined(folder, "mypy.ini"))
    told = re.search(r"^(files|packages|modules)\s*=", text, re.MULTILINE)
    return command if name != "mypy" or told else "mypy ."


def _tests(repository: Repository, folder: str) -> Iterator[Check]:
    if not own_tests(repository, folder, "Python"):
        return
    wanted = declared(repository, folder, "python")
    if first(repository, folder, "manage.py") and "pytest" not in wanted:
        yield Check("tests", "test", "python manage.py test")
    else:
        yield Check("tests", "test", "pytest")


def _programs(checks: list[Check]) -> Iterator[str]:
    for one in checks:
        name = one.command.partition(" ")[0]
        if name in VERSIONS:
            yield name


def _has(repository: Repository, folder: str, name: str) -> bool:
    """A manifest or a lock file installs it."""
    if name in declared(repository, folder, "python"):
        return True
    locks = [joined(folder, one) for one in ("uv.lock", "poetry.lock", *DEVELOPMENT)]
    pattern = rf'^(?:{name}==|name = "{name}"$)'
    return any(re.search(pattern, repository.text(one), re.MULTILINE) for one in locks)


def _pip(prefix: str) -> str:
    return {"uv run ": "uv pip", "poetry run ": "poetry run pip"}.get(prefix, "python -m pip")


def _pyproject(repository: Repository, folder: str) -> str:
    return repository.text(joined(folder, "pyproject.toml"))
