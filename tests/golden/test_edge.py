"""Settings in, nginx configuration out: the folders beside this file.

To accept a wanted change: ``HITLESS_GOLDEN=write pytest tests/golden`` and read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hitless.config.load import parse
from hitless.domain.slot import Slot
from hitless.stack.edge import render
from hitless.stack.layout import Layout
from hitless.stack.own_edge import further_ports

HERE = Path(__file__).parent / "edge"
CASES = sorted(path.name for path in HERE.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES)
def test_the_configuration_is_the_one_that_was_accepted(case: str) -> None:
    texts = {slot: HERE / case / f"{slot}.yaml" for slot in Slot}
    settings = {slot: parse(path.read_text(), path.name) for slot, path in texts.items()}
    snippets = [path.read_text() for path in sorted((HERE / case).glob("*.snippet"))]
    layout = Layout(settings[Slot.BLUE].service, "10.150.7.0/24")
    further = further_ports(settings[Slot.BLUE].proxy)
    found = render(layout, settings, 8080, "0" * 32, snippets, further=further)
    accepted = HERE / case / "nginx.conf"
    if os.environ.get("HITLESS_GOLDEN") == "write":
        accepted.write_text(found)
    assert found == accepted.read_text()


def test_there_are_cases() -> None:
    assert len(CASES) >= 2
