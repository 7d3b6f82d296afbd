"""The hashed files of a release outlive its containers, for tabs that were opened with it."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from hitless.domain.errors import AssetsRefused, EngineFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.settings import Route

MOST_BYTES = 100_000_000  # of one route, the tar's own padding included
MOST_FILES = 20_000


class KeepAssets:
    """Keeps the release's hashed files for when neither slot has them any more.

    Undo has nothing to restore: what nobody asks for is forgotten with its release.
    """

    name = "keep assets"

    def do(self, ctx: Context) -> Facts:
        """Forget those of releases that are forgotten, copy those of this one."""
        _forget_with_releases(ctx)
        files: dict[str, bytes] = {}
        for route in ctx.release.settings.proxy.routes:
            if route.asset_path:
                files |= unpacked(route, _archive(ctx, route))
        ctx.world.edge.keep(ctx.release.id, files)
        return {"kept": len(files), "kept_bytes": sum(map(len, files.values()))}

    def undo(self, ctx: Context) -> None:
        """Nothing was changed that anybody sees."""


def unpacked(route: Route, archive: bytes) -> dict[str, bytes]:
    """The files in a tar of a route's directory, by the URI paths that lead to them.

    Links are left out: what they lead to may lie anywhere.

    Raises:
        AssetsRefused: when there are too many, or one would lie outside the directory.
    """
    if len(archive) >= MOST_BYTES:
        raise _refused(route, f"larger than {MOST_BYTES // 1_000_000} MB")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = dict(_files(route, tar))
    if not files:
        raise _refused(route, "empty")
    return files


def _files(route: Route, tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for number, member in enumerate(tar):
        parts = member.name.split("/")
        if number >= MOST_FILES:
            raise _refused(route, f"more than {MOST_FILES:,} files")
        if member.name.startswith("/") or ".." in parts or not member.name.isprintable():
            raise _refused(route, f"not to be trusted: it has a file {member.name!r}")
        stream = tar.extractfile(member) if member.isreg() else None
        if stream:
            yield "/".join((route.path.rstrip("/"), *parts[1:])), stream.read()


def _archive(ctx: Context, route: Route) -> bytes:
    """From the first container of the route's service."""
    assert route.asset_path  # noqa: S101  # the caller looked
    container = f"{ctx.layout.project(ctx.slot)}-{route.service}"
    try:
        return ctx.world.engine.archive(container, route.asset_path, MOST_BYTES)
    except EngineFailed as error:
        raise _refused(route, f"not there: {error.message}") from error


def _forget_with_releases(ctx: Context) -> None:
    recorded = {release.id for release in ctx.world.store.releases()}
    for release in ctx.world.edge.kept():
        if release not in recorded:
            ctx.world.edge.forget(release)


def _refused(route: Route, why: str) -> AssetsRefused:
    return AssetsRefused(
        f"the files of route {route.path} in {route.asset_path} are {why}",
        "correct its asset_path in hitless.yaml, or leave that out",
    )
