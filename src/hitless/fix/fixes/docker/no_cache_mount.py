"""DF03: downloads are kept in a cache mount, beside the build and out of the image."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.fix.dockerfiles import edited, spots, user_at
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step

# Where each keeps its downloads for root. Go and Bundler install there, too: a mount would
# take from the image what later instructions need.
CACHES = {
    "pip": "/root/.cache/pip",
    "uv": "/root/.cache/uv",
    "poetry": "/root/.cache/pypoetry",
    "pipenv": "/root/.cache",
    "npm": "/root/.npm",
    "yarn": "/usr/local/share/.cache",
    "pnpm": "/root/.local/share/pnpm/store",
    "composer": "/root/.cache/composer",
}
# Commands that empty what the mount is to keep.
CLEANED = (
    r"\s*&&[\s\\\\]*(?:npm cache clean --force|yarn cache clean|pip3? cache purge"
    r"|rm -rf /root/\.(?:cache|npm)\S*)"
)
SWITCHED_OFF = r"\s--no-cache(?:-dir)?\b"
ELSEWHERE = (
    r"\b(HOME|XDG_CACHE_HOME|PIP_CACHE_DIR|PIP_NO_CACHE_DIR|UV_CACHE_DIR|UV_NO_CACHE"
    r"|NPM_CONFIG_CACHE|npm_config_cache)[= ]"
)


@fix("DF03")
def no_cache_mount(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Mount the package manager's cache."""
    for finding, spot in spots(repository, findings):
        yield edited(repository, finding, spot.file.path, partial(_mount, spot=spot))


def _mount(editor: DockerfileEditor, spot: Spot) -> None:
    manager = run_lines.manager(spot.one.script)
    if manager not in CACHES:
        raise RefusedError(f"{manager} installs into the folder that a mount would hide")
    user = user_at(spot.stage, spot.one, spot.file)
    if user.partition(":")[0] not in ("root", "0"):
        raise RefusedError(f"the cache of user {user} lies where its home is, which is not known")
    texts = [one.text for one in spot.file.inherited(spot.stage, "ENV", "ARG")]
    if re.search(ELSEWHERE, "\n".join([*texts, spot.one.script])):
        raise RefusedError("a variable sends the cache elsewhere")
    editor.add_flag(spot.one, f"--mount=type=cache,target={CACHES[manager]}")
    if re.search(CLEANED, spot.one.text):
        editor.substitute(spot.one, CLEANED, "")
    if re.search(SWITCHED_OFF, spot.one.text):
        editor.substitute(spot.one, SWITCHED_OFF, "")
