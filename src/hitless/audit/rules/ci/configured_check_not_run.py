"""CI03: A linter or type checker is configured, and CI does not run it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

TOOLS = frozenset(("ruff", "mypy", "flake8", "black", "pylint", "pyright", "isort", "bandit", "ty"))
FILES = {
    r"(^|/)(eslint\.config\.\w+|\.eslintrc(\.\w+)?)$": "eslint",
    r"(^|/)biome\.jsonc?$": "biome",
    r"(^|/)tsconfig\.json$": "tsc",
    r"(^|/)(mypy\.ini|\.mypy\.ini)$": "mypy",
    r"(^|/)\.flake8$": "flake8",
    r"(^|/)ruff\.toml$": "ruff",
    r"(^|/)\.golangci\.ya?ml$": "golangci-lint",
}
RUN = {
    "eslint": "(eslint|lint)",
    "biome": "(biome|lint)",
    "tsc": "(tsc|vue-tsc|typecheck|type-check|next build|build)",
}


@rule("CI03", Category.CI, "automated tests", Severity.MEDIUM, fix=Fix.GENERATE)
def configured_check_not_run(repository: Repository) -> Iterator[Check]:
    """A linter or type checker is configured, and CI does not run it.

    ## What it does
    Looks for tools with a configuration in the repository; one that is not configured is never
    asked for.

    ## Why it matters
    Everybody sees other warnings, and the first person who runs it finds hundreds.

    ## Bad
    ```toml title="pyproject.toml"
    [project]
    name = "shop"
    [tool.mypy]
    strict = true
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: pytest
    ```

    ## Good
    ```toml title="pyproject.toml"
    [project]
    name = "shop"
    [tool.mypy]
    strict = true
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: mypy && pytest
    ```

    ## Fix safety
    Generated; where the tool finds something today, with a baseline that may only shrink.
    """
    if repository.pipelines:
        run = pipeline.everything(repository)
        for name, place in _configured(repository):
            message = f"{name} is configured here, and CI never runs it"
            yield verdict(
                name, place, message, ok=bool(re.search(rf"\b{RUN.get(name, name)}\b", run))
            )


def _configured(repository: Repository) -> Iterator[tuple[str, Place]]:
    found: dict[str, Place] = {}
    for one in repository.manifests:
        for name in one.tools & TOOLS:
            line = repository.text(one.path).partition(f"[tool.{name}")[0].count("\n") + 1
            found.setdefault(name, Place(one.path, line))
    for pattern, name in FILES.items():
        for path in repository.matching(pattern):
            found.setdefault(name, Place(path, 1))
    yield from sorted(found.items())
