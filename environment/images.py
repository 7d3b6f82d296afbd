"""The base images, and how their local stand-ins are told apart from them (pure)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

STANDIN_LABEL = "io.hitless.standin"
RECIPE_LABEL = "io.hitless.standin.recipe"
DEBIAN = "hitless/standin-debian:trixie"
BARE = "hitless/bare-debian"
RECIPES = Path(__file__).parent / "images"

# The image a Dockerfile names, and the target of images/Dockerfile that stands in for it.
TARGETS: Mapping[str, str] = {
    "python:3.13-slim-trixie": "python",
    "node:22-slim": "node",
    "nginxinc/nginx-unprivileged:1.27-alpine": "nginx",
    "pgvector/pgvector:pg17": "postgres",
    "nats:2.10-alpine": "nats",
    "redis:8-alpine": "redis",
}


class Presence(Enum):
    """What the engine has under an image's name."""

    REAL = "the original"
    STANDIN = "stand-in"
    OUTDATED = "stand-in of an older recipe"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Images:
    """What the engine has: the base images, and the Debian that stand-ins are made on."""

    present: Mapping[str, Presence]
    debian: bool

    def lacking(self) -> tuple[str, ...]:
        """The names that must be pulled or built."""
        wanting = (Presence.ABSENT, Presence.OUTDATED)
        return tuple(name for name, presence in self.present.items() if presence in wanting)


def recipe() -> str:
    """A short hash of everything the stand-ins are made from."""
    digest = hashlib.sha256()
    for path in sorted(RECIPES.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(RECIPES).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def presences(inspected: str, current_recipe: str) -> dict[str, Presence]:
    """Judge every base image by the JSON of ``docker image inspect`` (absent ones missing)."""
    labels: dict[str, Mapping[str, str]] = {}
    for image in json.loads(inspected or "[]"):
        for tag in image.get("RepoTags") or ():
            labels[tag] = (image.get("Config") or {}).get("Labels") or {}
    return {name: _presence(labels.get(name), current_recipe) for name in TARGETS}


def _presence(labels: Mapping[str, str] | None, current_recipe: str) -> Presence:
    if labels is None:
        return Presence.ABSENT
    if labels.get(STANDIN_LABEL) != "true":
        return Presence.REAL
    return Presence.STANDIN if labels.get(RECIPE_LABEL) == current_recipe else Presence.OUTDATED
