"""CI15: A package has no command that checks it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.paths import joined, within
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.manifests import Manifest


@rule("CI15", Category.CI, "automated tests", Severity.MEDIUM, fix=Fix.REVIEW)
def package_without_checks(repository: Repository) -> Iterator[Check]:
    """A package has no command that checks it.

    ## What it does
    Looks for a test and a lint script in npm packages that are built, and for any test at all
    beside Python code that is deployed. In a workspace one package may check the others.

    ## Why it matters
    There is nothing that CI could run.

    ## Bad
    ```json title="web/package.json"
    {
      "type": "module",
      "scripts": {"build": "vite build"},
      "dependencies": {"vite": "7"}
    }
    ```

    ```html title="web/index.html"
    <script type="module" src="/src/main.js"></script>
    ```

    ```js title="web/src/main.js"
    document.title = "Shop";
    ```

    ## Good
    ```json title="web/package.json"
    {
      "scripts": {"build": "vite build", "test": "vitest", "lint": "eslint ."},
      "dependencies": {"vite": "7"}
    }
    ```

    ## Fix safety
    Needs review: a first test, which shows that the code loads. For FastAPI it asks the path that
    needs nothing else; for a page of plain JavaScript it looks for the scripts that the page names,
    and `lint` reads their syntax. Tests that know what the application is for have to be written.
    """
    for one in repository.manifests:
        if one.kind == "npm" and "build" in one.scripts:
            lacking = [
                name
                for name in ("test", "lint")
                if not any(s.startswith((name, f"check:{name}")) for s in _scripts(repository, one))
            ]
            message = f"there is no script to {' or to '.join(lacking)}"
            yield verdict(one.path, Place(one.path, one.scripts["build"]), message, ok=not lacking)
    tests = bool(repository.tests["Python"])
    for service in backends(repository):
        if any(path.endswith(".py") for path in code_of(repository, service)):
            yield verdict(service, service.key, f"there is no test of {service}", ok=tests)


def _scripts(repository: Repository, package: Manifest) -> set[str]:
    """What a package can run, or another one of its workspace can run for it."""
    known = [one for one in repository.manifests if one.kind == "npm"]
    roots = [one for one in known if '"workspaces"' in repository.text(one.path)]
    roots += [
        one
        for one in known
        if joined(posixpath.dirname(one.path), "pnpm-workspace.yaml") in repository.known
    ]
    homes = [
        posixpath.dirname(one.path)
        for one in roots
        if within(package.path, posixpath.dirname(one.path))
    ]
    return {
        name
        for one in known
        for name in one.scripts
        if one is package or any(within(one.path, home) for home in homes)
    }
