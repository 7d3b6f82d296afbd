"""A release: immutable, with an identity made of everything it consists of."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from hitless.domain.codec import encode
from hitless.domain.settings import Settings  # noqa: TC001  # codec reads it at run time

ID_LENGTH = 8


class Release(NamedTuple):
    """What can be put into service, and brought back later unchanged.

    Attributes:
        id: Eight hex digits of the hash over images, compose and settings.
        version: The user's name for it, for example ``v1.3.0``.
        commit: The git commit it was made from; empty outside a repository.
        created: Seconds since the epoch.
        images: Compose service → image id (``sha256:…``).
        compose: The resolved Compose model.
        settings: hitless.yaml as it was.
        snippets: The texts of the user's own nginx files.
    """

    id: str
    version: str
    commit: str
    created: float
    images: dict[str, str]
    compose: dict[str, Any]
    settings: Settings
    snippets: tuple[str, ...] = ()

    def tag(self, service: str) -> str:
        """The local image name that keeps this release's image from being pruned."""
        return f"hitless/{self.settings.service}/{service}:{self.id}"

    def __str__(self) -> str:
        return f"{self.version} ({self.id})"


def release_id(
    version: str,
    images: dict[str, str],
    compose: dict[str, Any],
    settings: Settings,
    snippets: tuple[str, ...],
) -> str:
    """The identity of a release: equal content gives an equal id on every machine."""
    parts = [version, images, compose, encode(settings), snippets]
    content = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:ID_LENGTH]
