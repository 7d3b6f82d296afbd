"""DF16: A secret is baked into the image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category
from hitless.domain.secrets import names_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile


@rule("DF16", Category.SECURITY, "secrets", Severity.CRITICAL, fix=Fix.NONE)
def secret_in_image(repository: Repository) -> Iterator[Check]:
    """A secret is baked into the image.

    ## What it does
    Looks for secrets in ENV and ARG, and for env files that a COPY names.

    ## Why it matters
    Everybody who can pull the image, and every registry on the way, can read it from the
    layers, also after a later layer deleted it.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ENV API_TOKEN=4f1c0b77
    COPY .env ./
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    RUN --mount=type=secret,id=pip pip install private-package
    COPY app ./app
    ```

    ## Fix safety
    No edit is offered: the secret has to be replaced first, it is known by now.
    """
    for file in repository.dockerfiles.values():
        yield from each(file.path, _faults(file))


def _faults(file: Dockerfile) -> Iterator[Check]:
    for one in file.instructions:
        if one.keyword in ("ENV", "ARG"):
            for name, value in re.findall(r"([A-Za-z_]\w*)(?:=(\"[^\"]*\"|\S*))?", one.text):
                if names_secret(name) and (one.keyword == "ARG" or value.strip("\"'")):
                    yield failed(
                        file.path,
                        one,
                        f"{one.keyword} {name} can be read from the image by everybody",
                        name,
                    )
        if one.keyword in ("COPY", "ADD") and not one.flag("from"):
            for source in one.sources():
                name = source.rpartition("/")[2]
                if re.fullmatch(r"\.env(\.[\w-]+)?", name) and not re.search(
                    "example|sample|template", name
                ):
                    yield failed(
                        file.path,
                        one,
                        f"{source} with its secrets becomes a part of the image",
                        name,
                    )
