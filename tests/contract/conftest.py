"""Each port's promises, held against the fake in memory and against the real thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from testing.ground import MemoryGround, RealGround, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from testing.ground import Ground


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.docker)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """An engine with one network of the test's own."""
    name = name_of(request.node.nodeid)
    made: MemoryGround | RealGround = (
        MemoryGround(tmp_path, name) if request.param == "memory" else RealGround(tmp_path, name)
    )
    made.clear()
    dynamic = made.subnet.replace(".0/24", ".208/28")
    made.engine.create_network(f"{made.service}-net", made.subnet, dynamic, made.service)
    yield made
    made.clear()
