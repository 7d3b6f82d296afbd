"""SE02: secrets lie in a plain file on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Severity
from hitless.domain.score import Category
from hitless.domain.secrets import names_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("SE02", Category.SECURITY, "secrets", Severity.MEDIUM)
def plaintext_env_file(repository: Repository) -> Iterator[Check]:
    """Secrets lie in a plain file on the server.

    ## What it does
    Looks for env files with secrets, without sealed files, sops, age or Compose secrets.

    ## Why it matters
    Backups, support bundles and every process of that user can read them; nobody knows which
    value is in force.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: ., env_file: .env}
    ```

    ```text title=".env.example"
    API_TOKEN=
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: ., env_file: .env}
    ```

    ```text title=".env.example"
    API_TOKEN=
    ```

    ```yaml title=".sops.yaml"
    creation_rules: []
    ```

    ## Fix safety
    None: the values are known to people and to the server, and the key that opens them must be made
    there. A file that only says so would close this and seal nothing.
    """
    sealed = bool(
        repository.matching(
            r"(^|/)\.sops\.ya?ml$|(^|/)secrets/[\w.-]+\.(env|enc|age|ya?ml)$|\.age$|\.enc\.env$"
        )
    )
    for project in repository.projects:
        plain = [node for one in project.services.values() for node in one.env_files()]
        secret = any(
            names_secret(one.name)
            for path in repository.env_examples
            for one in repository.env(path)
        )
        if plain and secret:
            own = project.root.get("secrets") is not None
            message = f"the secrets of {plain[0].text} lie in plain text on the server"
            yield verdict(project.files[0], plain[0], message, ok=sealed or own)
