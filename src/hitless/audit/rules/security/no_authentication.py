"""SE04: A database or broker asks for no password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.images import known
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

TRUSTING = frozenset(
    (
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "ALLOW_EMPTY_PASSWORD",
        "ALLOW_ANONYMOUS_LOGIN",
    )
)


@rule("SE04", Category.SECURITY, "secrets", Severity.HIGH, fix=Fix.REVIEW)
def no_authentication(repository: Repository) -> Iterator[Check]:
    """A database or broker asks for no password.

    ## What it does
    Looks for the variable or the flag with which each known image turns authentication on.

    ## Why it matters
    Every container of its network, and whoever gets into one of them, may read and delete
    everything.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {image: "example/shop:1", environment: {DATABASE_URL: "postgresql://shop@db/shop"}}
      db: {image: "postgres:17", environment: {POSTGRES_USER: shop, POSTGRES_HOST_AUTH_METHOD: trust}}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?}"}}
    ```

    ## Fix safety
    Needs review: every client needs the password at the same time, so that the slot in service loses
    its connection; plan a break. Postgres, Redis and its kin, and NATS: the server asks for it, and it
    stands in each address in Compose and example env files. Where a client finds the server in
    another way nothing is changed. A Postgres that has data takes everybody until its pg_hba.conf is
    changed and the role has the password. It becomes a part of addresses: letters and digits only.
    """
    for service in repository.services:
        found = known(service)
        if found is None or not found.password:
            continue
        given = service.environment()
        trusting = [name for name in given if name in TRUSTING or given[name].text == "trust"]
        words = " ".join([*service.words("entrypoint"), *service.words("command")])
        named = any(
            name in words.split() or name in words
            if name.startswith("-")
            else name in given or f"{name}_FILE" in given
            for name in found.password
        )
        told = (
            named
            or bool(service.env_files())
            or any("conf" in one.target for one in service.mounts())
        )
        place = given[trusting[0]] if trusting else service.key
        yield verdict(
            service,
            place,
            f"{service} lets everybody in its network do everything",
            ok=told and not trusting,
        )
