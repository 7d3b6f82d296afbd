"""CP13: A development server would serve users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import applications
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

TARGETS = frozenset(("dev", "development", "debug", "local", "watch"))
COMMANDS = r"--reload\b|\b(npm|yarn|pnpm)\s+(run\s+)?(dev|start:dev|serve)\b|\bnodemon\b|\bnext\s+dev\b|\bmanage\.py\s+runserver|\bflask\s+(--debug\s+)?run\b|\bvite\b(?!\s+build)|\bwebpack(-dev-server|\s+serve)\b|\bfastapi\s+dev\b|\bair\b\s*$"


@rule("CP13", Category.ORCHESTRATION, "production profile", Severity.CRITICAL, fix=Fix.REVIEW)
def development_server(repository: Repository) -> Iterator[Check]:
    """A development server would serve users.

    ## What it does
    Looks for development targets and for commands that reload, watch or debug, in Compose and
    in the image that it deploys.

    ## Why it matters
    Such servers are slow, leak source code and often run what a visitor sends. Settings that
    are fixed at build time stay those of development.

    ## Bad
    ```yaml title="compose.yml"
    services:
      web:
        build: {context: web, target: development}
    ```

    ```dockerfile title="web/Dockerfile"
    FROM node:22-slim AS development
    CMD ["npm", "run", "dev"]
    FROM nginx:1.27-alpine AS production
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      web:
        build: {context: web, target: production}
    ```

    ```dockerfile title="web/Dockerfile"
    FROM node:22-slim AS development
    CMD ["npm", "run", "dev"]
    FROM nginx:1.27-alpine AS production
    ```

    ## Fix safety
    Needs review, and is never one edit: port, healthcheck, proxy and build arguments change
    with the target.
    """
    for service in applications(repository):
        target = service.build()[2]
        image = repository.image_of(service)
        why = (
            f"its target is {target!r}"
            if target.lower() in TARGETS
            else _serves_developers(repository, service)
        )
        written = (("build", "target"), ("command",), ("entrypoint",))
        nodes = [service.node.get(*keys) for keys in written]
        place = next((one for one in nodes if one is not None), service.key)
        if image is None and not service.words("command"):
            continue
        yield verdict(service, place, f"{service} is a development server: {why}", ok=not why)


def _serves_developers(repository: Repository, service: Service) -> str:
    words = " ".join(service.words("command") or service.words("entrypoint"))
    image = repository.image_of(service)
    if not words and image is not None:
        found = (
            image[0].inherited(image[1], "CMD")[-1:]
            or image[0].inherited(image[1], "ENTRYPOINT")[-1:]
        )
        words = " ".join(" ".join(one.words or [one.text]) for one in found)
    match = re.search(COMMANDS, words)
    return f"it runs {match[0].strip()!r}" if match else ""
