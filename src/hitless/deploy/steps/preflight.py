"""Looking before anything is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.drift import drift
from hitless.deploy.room import check_memory
from hitless.deploy.seats import check_connections
from hitless.deploy.steps.edge import check_config
from hitless.domain.errors import (
    AddressesTaken,
    DiskFull,
    ImageMissing,
    PortTaken,
    StackUnsuitable,
)
from hitless.stack.own_edge import listeners
from hitless.stack.projects import public_port
from hitless.stack.subnet import overlapping

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.container import Container
    from hitless.domain.settings import Settings

LEAST_FREE = 1_000_000_000
CLOCK_TOLERANCE = 1.0  # seconds; time services move a clock by less


class Preflight:
    """Finds what would make the deploy fail, before anything is touched.

    Undo has nothing to restore.
    """

    name = "preflight"

    def do(self, ctx: Context) -> Facts:
        """Check disk, memory, connections, images, addresses, port or edge; tell what is odd."""
        free = _check_disk(ctx)
        memory = check_memory(ctx)
        _check_images(ctx)
        _check_addresses(ctx)
        _check_places(ctx)
        connections, uncounted = check_connections(ctx)
        edge = ctx.edge_container()
        if edge is None:
            _check_port(ctx)
        else:
            _check_edge(ctx, edge)
            ctx.world.edge.check()
            check_config(ctx)
        odd = (*uncounted, *_clock(ctx), *drift(ctx))
        for text in odd:
            ctx.world.reporter.say(text)
        facts = {"engine": ctx.world.engine.version(), "free_gb": round(free / 1e9, 1)}
        asked = {"zero_failed": True} if ctx.zero_failed else {}
        return facts | asked | memory | connections | ({"odd": list(odd)} if odd else {})

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""


def _clock(ctx: Context) -> tuple[str, ...]:
    """The journal's times would go backwards; all waiting here is by a clock that never does."""
    last = max((d.ended or d.started for d in ctx.world.store.deploys(2)[1:]), default=0.0)
    early = last - ctx.deploy.started
    if early <= CLOCK_TOLERANCE:
        return ()
    text = f"this machine's clock is {early:.0f} s before the end of the last deploy"
    return (f'{text}: set it right, see "timedatectl status"',)


def _check_disk(ctx: Context) -> int:
    free = ctx.world.host.free_bytes(ctx.world.home)
    if free < LEAST_FREE:
        raise DiskFull(
            f"only {free / 1e6:.0f} MB are free for {ctx.world.home}, a release needs 1 GB",
            'free some with "docker image prune"',
        )
    return free


def _check_images(ctx: Context) -> None:
    for service, image in ctx.release.images.items():
        if ctx.world.engine.image_id(image) is None:
            raise ImageMissing(
                f"image {image} of service {service!r} is gone from this machine",
                'build or pull it again with "hitless deploy"',
            )


def _check_addresses(ctx: Context) -> None:
    others = tuple(n for n in ctx.world.engine.networks() if n.name != ctx.layout.network)
    clash = overlapping(ctx.layout.subnet, others)
    if clash:
        raise AddressesTaken(
            f"subnet {ctx.layout.subnet} overlaps network {clash!r}",
            "choose another /24 with the key subnet of hitless.yaml",
        )


def _check_places(ctx: Context) -> None:
    """Users' requests must never reach a container that is not one of the release."""
    ours = {c.name for c in ctx.world.engine.containers(ctx.layout.service) if c.slot}
    for address, name in ctx.world.engine.attached(ctx.layout.network).items():
        slot = ctx.layout.addresses.slot_of(address)
        if slot and name not in ours:
            raise AddressesTaken(
                f"container {name!r} has {address}, an address of slot {slot}",
                f'take it away with "docker network disconnect {ctx.layout.network} {name}"',
            )


def _check_edge(ctx: Context, edge: Container) -> None:
    """The edge keeps its place, so what compose.yml says of it now must still be true."""
    settings, model = ctx.release.settings, ctx.release.compose
    _, first, target = public_port(model, settings)
    for host, inside in (listeners(settings.proxy) or {first: target}).items():
        _check_published(settings, edge, host, inside)
    image = model["services"][settings.proxy.service].get("image", "")
    if image and ctx.world.engine.image_id(image) not in (None, edge.image):
        ctx.world.reporter.say(f"the edge keeps its older image of {image} until it is re-created")


def _check_published(settings: Settings, edge: Container, host: int, inside: int) -> None:
    if edge.running and edge.ports.get(inside) != host:
        raise StackUnsuitable(
            f"{settings.proxy.service!r} is to publish port {host}, but the edge {edge.name} "
            f"publishes {edge.ports.get(inside, 'another one')}, and no deploy re-creates it",
            'move it, with a gap, by "hitless down" and "hitless deploy"',
        )


def _check_port(ctx: Context) -> None:
    address, first, _ = public_port(ctx.release.compose, ctx.release.settings)
    for port in listeners(ctx.release.settings.proxy) or (first,):
        _check_free(ctx, address, port)


def _check_free(ctx: Context, address: str, port: int) -> None:
    if not ctx.world.host.port_free(address, port):
        raise PortTaken(
            f"another program listens on {address}:{port}, which the edge is to publish",
            f'see which with "ss -ltnp sport = :{port}", and stop it; take a stack over that '
            'runs under plain Compose with "hitless adopt"',
        )
