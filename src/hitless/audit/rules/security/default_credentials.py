"""SE01: A password has a default that everybody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.documents.interpolation import variables
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category
from hitless.domain.secrets import names_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

ENVIRON = r"(?:getenv|environ\.get)\(\s*[\"'](\w+)[\"']\s*,\s*[\"']([^\"']+)[\"']|process\.env\.(\w+)\s*(?:\|\||\?\?)\s*[\"'`]([^\"'`]+)"
FIELD = r"^    (\w+)\s*:\s*(?:str|SecretStr)[^=\n]*=\s*(?:SecretStr\(|Field\(\s*(?:default=)?)?[\"']([^\"']{3,})[\"']"

# Quoted whole; the machine of whoever writes the program, and examples, are left alone.
ADDRESS = (
    r"[\"'`]((?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|amqp|nats)(?:\+\w+)?)://[^\s:/@\"'`${]*"
    r":[^\s/@\"'`${]+@((?!localhost|127\.|host\b|example|0\.0)[\w.-]+)[^\s\"'`]*[\"'`]"
)


@rule("SE01", Category.SECURITY, "secrets", Severity.HIGH, fix=Fix.REVIEW)
def default_credentials(repository: Repository) -> Iterator[Check]:
    """A password has a default that everybody knows.

    ## What it does
    Looks for defaults of secrets in Compose files, for constant fallbacks in code, and for
    addresses of databases and brokers there with a password in them.

    ## Why it matters
    The one server on which nobody set the variable is open to all who have read the repository.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:-postgres}"}}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?set it in .env}"}}
    ```

    ## Fix safety
    Needs review: machines that relied on the default need the variable first. In Compose it becomes
    required, in pydantic's settings required and not empty; the example env file shows it, and an
    address in it that held the password names the variable instead.
    """
    for service in repository.services:
        yield from each(service, _in_compose(service))
    faults = [
        one
        for path, text in repository.code_matching(
            "SECRET", "PASSWORD", "TOKEN", "KEY", "secret", "password"
        )
        for one in _in_code(path, text)
    ]
    yield from faults
    for path, text in repository.code_matching("://"):
        yield from _in_addresses(path, text)


def _in_compose(service: Service) -> Iterator[Check]:
    for node in service.node.walk():
        for one in variables(node.text):
            if one.default and names_secret(one.name) and "$" not in one.default:
                yield failed(
                    service,
                    node,
                    f"{one.name} is {one.default!r} wherever nobody sets it",
                    one.name,
                )


def _in_addresses(path: str, text: str) -> Iterator[Check]:
    for found in re.finditer(ADDRESS, text):
        line = text[: found.start()].count("\n") + 1
        message = f"the password of {found[2]} stands in the code, the same on every machine"
        yield failed(f"{path} {found[2]}", Place(path, line), message, found[2])


def _in_code(path: str, text: str) -> Iterator[Check]:
    for found in re.finditer(ENVIRON, text):
        name, value = found[1] or found[3], found[2] or found[4]
        if names_secret(name) and value:
            line = text[: found.start()].count("\n") + 1
            yield failed(
                name,
                Place(path, line),
                f"{name} falls back to a constant that everybody can read here",
                name,
            )
    if path.endswith(".py") and "BaseSettings" in text:
        for found in re.finditer(FIELD, text, re.MULTILINE):
            if names_secret(found[1]):
                line = text[: found.start()].count("\n") + 1
                yield failed(
                    found[1].upper(),
                    Place(path, line),
                    f"{found[1]} falls back to a constant that everybody can read here",
                    found[1],
                )
