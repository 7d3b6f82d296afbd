"""Where recovery goes, from every state that a dead process can leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.journal import Direction, Entry, Status, latest, recovery

STEPS = ("look", "start", "cutover", "promote", "retire")
COMMIT = "promote"


def journal(*words: str) -> list[Entry]:
    """Entries from words such as ``look:done``."""
    pairs = [word.split(":") for word in words]
    return [Entry("d1", step, Status(status), 0.0) for step, status in pairs]


@pytest.mark.parametrize(
    ("words", "direction", "left"),
    [
        ((), Direction.BACK, ()),
        (("look:intent",), Direction.BACK, ("look",)),
        (("look:intent", "look:done"), Direction.BACK, ("look",)),
        (("look:done", "start:failed"), Direction.BACK, ("start", "look")),
        (
            ("look:done", "start:done", "cutover:intent"),
            Direction.BACK,
            ("cutover", "start", "look"),
        ),
        (("look:done", "start:done", "start:undone"), Direction.BACK, ("look",)),
        (("look:done", "look:undone"), Direction.BACK, ()),
        (
            ("look:done", "start:done", "cutover:done", "promote:intent"),
            Direction.FORWARD,
            ("promote", "retire"),
        ),
        (
            ("look:done", "start:done", "cutover:done", "promote:done"),
            Direction.FORWARD,
            ("retire",),
        ),
        (
            ("look:done", "start:done", "cutover:done", "promote:done", "retire:intent"),
            Direction.FORWARD,
            ("retire",),
        ),
        (
            ("look:done", "start:done", "cutover:done", "promote:done", "retire:done"),
            Direction.FORWARD,
            (),
        ),
        (
            ("look:done", "start:done", "cutover:done", "promote:failed"),
            Direction.BACK,
            ("promote", "cutover", "start", "look"),
        ),
    ],
)
def test_recovery_follows_the_commit_point(
    words: tuple[str, ...], direction: Direction, left: tuple[str, ...]
) -> None:
    found = recovery(journal(*words), STEPS, COMMIT)
    assert (found.direction, found.steps) == (direction, left)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(Status))))
def test_recovery_never_undoes_what_is_undone_and_never_repeats_what_is_done(
    pairs: list[tuple[str, Status]],
) -> None:
    entries = [Entry("d1", step, status, 0.0) for step, status in pairs]
    status, found = latest(entries), recovery(entries, STEPS, COMMIT)
    forbidden = {Direction.BACK: (None, Status.UNDONE), Direction.FORWARD: (Status.DONE,)}
    assert not [s for s in found.steps if status.get(s) in forbidden[found.direction]]
    assert len(set(found.steps)) == len(found.steps)
    order = [STEPS.index(step) for step in found.steps]
    assert order == sorted(order, reverse=found.direction is Direction.BACK)
