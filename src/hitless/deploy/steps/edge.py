"""The edge knows both slots before either gets traffic."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.domain.errors import EdgeRefused
from hitless.domain.slot import Slot
from hitless.stack.edge import generation, render
from hitless.stack.own_edge import further_ports
from hitless.stack.projects import CONFIG_MOUNT, CONTROL_PORT, EDGE_SERVICE, public_port

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.container import Container
    from hitless.domain.release import Release

TEST = ("nginx", "-t", "-c", f"{CONFIG_MOUNT}/candidate.conf")
GENERATION_PATH = "/.hitless/edge"
SECONDS = 10.0
ASK_AGAIN = 0.02
IN_A_ROW = 20
LOG_LINES = 20


class Edge:
    """Makes nginx know the addresses of both slots; reloads it only if they changed.

    Undo brings back the configuration of the previous release, or removes the edge.
    """

    name = "edge"

    def do(self, ctx: Context) -> Facts:
        """Start the edge closed at first, else test and adopt what changed."""
        config = _wanted(ctx)
        edge = ctx.edge_container()
        if edge is None:
            _start_closed(ctx, config)
            return {"generation": generation(config), "reloaded": False}
        if not edge.running:
            ctx.world.engine.start(edge.id)
            _wait_generation(ctx, ctx.world.edge.config())
        return {"generation": generation(config), "reloaded": _adopt(ctx, config)}

    def restore(self, ctx: Context) -> None:
        """The snippets of the release that serves, for what both slots hold now."""
        edge = ctx.edge_container()
        if ctx.previous and edge and edge.running:
            slots = {ctx.slot: ctx.release, ctx.slot.other: ctx.previous}
            _adopt(ctx, _rendered(ctx, ctx.previous, slots))

    def undo(self, ctx: Context) -> None:
        """Back to the previous release's topology, or to no edge at all."""
        edge = ctx.edge_container()
        if ctx.previous:
            if edge and edge.running:
                _adopt(ctx, _rendered(ctx, ctx.previous, dict.fromkeys(Slot, ctx.previous)))
            return
        if edge:
            ctx.world.engine.remove(edge.id)
        ctx.world.edge.remove()


def check_config(ctx: Context) -> None:
    """Let the running nginx test the configuration that the release needs; nothing changes.

    Raises:
        EdgeRefused: with nginx's own words.
    """
    edge, config = ctx.edge_container(), _wanted(ctx)
    if edge and edge.running and config != ctx.world.edge.config():
        _test(ctx, edge, config)


def _wanted(ctx: Context) -> str:
    others = ctx.previous or ctx.release
    return _rendered(ctx, ctx.release, {ctx.slot: ctx.release, ctx.slot.other: others})


def _rendered(ctx: Context, wish: Release, slots: Mapping[Slot, Release]) -> str:
    """The configuration with the port and snippets of one release, for what is in the slots."""
    return render(
        ctx.layout,
        {slot: release.settings for slot, release in slots.items()},
        public_port(wish.compose, wish.settings)[2],
        ctx.world.edge.key(),
        wish.snippets,
        further=further_ports(wish.settings.proxy),
    )


def _start_closed(ctx: Context, config: str) -> None:
    ctx.world.edge.set_closed(closed=True)
    ctx.world.edge.stage(config)
    ctx.world.edge.adopt()
    ctx.world.compose.up(ctx.layout.edge, ctx.edge_model(), (EDGE_SERVICE,))
    _wait_generation(ctx, config)


def _adopt(ctx: Context, config: str) -> bool:
    """Test, replace and reload, unless nothing changed.

    The running nginx keeps its own configuration when the test fails.
    """
    if config == ctx.world.edge.config():
        return False
    edge = ctx.edge_container()
    assert edge is not None  # noqa: S101  # the callers looked
    _test(ctx, edge, config)
    ctx.world.edge.adopt()
    ctx.world.engine.signal(edge.id, "HUP")
    _wait_generation(ctx, config)
    return True


def _test(ctx: Context, edge: Container, config: str) -> None:
    ctx.world.edge.stage(config)
    tested = ctx.world.engine.run_in(edge.id, TEST)
    if tested.code:
        raise EdgeRefused(
            "nginx refuses the configuration for this release",
            "correct the snippets named by proxy.include in hitless.yaml",
            tuple(tested.text.strip().splitlines()),
        )


def _wait_generation(ctx: Context, config: str) -> None:
    """A reload with a broken file changes nothing in silence: so look at answers.

    At several: workers of before may accept connections for a moment beside the new ones.
    """
    clock, wanted = ctx.world.clock, generation(config)
    deadline = clock.monotonic() + SECONDS
    while not _shown(ctx, wanted):
        if clock.monotonic() >= deadline:
            edge = ctx.edge_container()
            tail = ctx.world.engine.logs(edge.id, LOG_LINES) if edge else ""
            raise EdgeRefused(
                f"nginx does not show the configuration of generation {wanted}",
                f'see why with "docker logs {ctx.layout.edge}"',
                tuple(tail.strip().splitlines()),
            )
        clock.sleep(ASK_AGAIN)


def _shown(ctx: Context, wanted: str) -> bool:
    edge = ctx.edge_container()
    if edge is None or CONTROL_PORT not in edge.ports:
        return False
    ask = partial(ctx.world.http.get, edge.ports[CONTROL_PORT], GENERATION_PATH, {})
    return all(ask().body.decode(errors="replace").strip() == wanted for _ in range(IN_A_ROW))
