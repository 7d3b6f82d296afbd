"""DF19: the address of a developer's machine is built into the page."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.paths import within
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

BUNDLERS = frozenset(("vite", "webpack", "parcel", "rollup", "esbuild"))
SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs")


@rule("DF19", Category.ORCHESTRATION, "production profile", Severity.HIGH, fix=Fix.REVIEW)
def own_machine_in_bundle(repository: Repository) -> Iterator[Check]:
    """The address of a developer's machine is built into the page.

    ## What it does
    Looks for localhost in the sources of a web page and in build arguments, where it is the
    value that is used when nothing else is set.

    ## Why it matters
    In a visitor's browser localhost is the visitor's machine: the page loads, and nothing on it
    works.

    ## Bad
    ```json title="web/package.json"
    {"dependencies": {"vite": "7"}}
    ```

    ```text title="web/src/api.ts"
    export const API = import.meta.env.VITE_API ?? "http://localhost:8000";
    ```

    ## Good
    ```json title="web/package.json"
    {"dependencies": {"vite": "7"}}
    ```

    ```text title="web/src/api.ts"
    export const API = import.meta.env.VITE_API ?? "";
    ```

    ## Fix safety
    Needs review: an empty value means the host that the page came from, so the proxy has to pass
    the path on. The same address goes from build arguments and from the example env file.
    """
    folders = [
        posixpath.dirname(m.path) for m in repository.manifests if BUNDLERS & set(m.dependencies)
    ]
    for path, text in repository.sources.items():
        if (
            path.endswith(SCRIPTS)
            and any(within(path, folder) for folder in folders)
            and "import.meta.env" in text
        ):
            found = re.search(
                r"import\.meta\.env\.\w+\s*(?:\?\?|\|\|)\s*[\"'`](?:https?|wss?)://(?:localhost|127\.0\.0\.1)",
                text,
            )
            line = text[: found.start()].count("\n") + 1 if found else 1
            message = "without a value at build time, every visitor's browser asks its own machine"
            yield verdict(path, Place(path, line), message, ok=found is None)
    for file in repository.dockerfiles.values():
        for one in file.instructions:
            if one.keyword in ("ARG", "ENV") and re.match(
                r"(VITE|NEXT_PUBLIC|REACT_APP)_", one.text
            ):
                own = bool(re.search(r"://(localhost|127\.0\.0\.1)", one.text))
                yield verdict(
                    f"{file.path} {one.line}", one, f"{one.text.split()[0]} is built in", ok=not own
                )
