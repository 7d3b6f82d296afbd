"""Where recovery goes, from every state that a dead process can leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.journal import (
    Deploy,
    Direction,
    Entry,
    Kind,
    Seen,
    Status,
    latest,
    recovery,
    seen,
)
from hitless.domain.slot import Slot

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
    found = recovery(journal(*words), STEPS, COMMIT, Seen.RELEASE)
    assert (found.direction, found.steps) == (direction, left)


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(Status))))
def test_recovery_never_undoes_what_is_undone_and_never_repeats_what_is_done(
    pairs: list[tuple[str, Status]],
) -> None:
    entries = [Entry("d1", step, status, 0.0) for step, status in pairs]
    status, found = latest(entries), recovery(entries, STEPS, COMMIT, Seen.RELEASE)
    forbidden = {Direction.BACK: (None, Status.UNDONE), Direction.FORWARD: (Status.DONE,)}
    # Before a cutover that is still to come, the gates look again.
    gates = STEPS[:2] if found.direction is Direction.FORWARD and "cutover" in found.steps else ()
    again = [s for s in found.steps if s not in gates]
    assert not [s for s in again if status.get(s) in forbidden[found.direction]]
    assert len(set(found.steps)) == len(found.steps)
    order = [STEPS.index(step) for step in found.steps]
    assert order == sorted(order, reverse=found.direction is Direction.BACK)


DEPLOY = Deploy("d1", Kind.DEPLOY, "new", "old", Slot.GREEN, "me@here", 0.0)


@pytest.mark.parametrize(
    ("active", "holds", "other", "who"),
    [
        (None, {"new"}, {"old"}, Seen.PREVIOUS),
        (Slot.BLUE, {"old"}, {"new"}, Seen.PREVIOUS),
        (Slot.BLUE, set(), {"new"}, Seen.PREVIOUS),
        (Slot.BLUE, {"third"}, {"new"}, Seen.STRANGER),
        (Slot.GREEN, {"new"}, {"old"}, Seen.RELEASE),
        (Slot.GREEN, {"new"}, set(), Seen.ALONE),
        (Slot.GREEN, {"third"}, {"old"}, Seen.STRANGER),
    ],
)
def test_flags_and_labels_tell_who_serves(
    active: Slot | None, holds: set[str], other: set[str], who: Seen
) -> None:
    assert seen(DEPLOY, active, holds, other) is who


@pytest.mark.parametrize(
    ("who", "direction", "left"),
    [
        (Seen.RELEASE, Direction.FORWARD, ("retire",)),
        (Seen.ALONE, Direction.FORWARD, ("retire",)),
        (Seen.PREVIOUS, Direction.BACK, ("promote", "cutover", "start", "look")),
        (Seen.STRANGER, Direction.BACK, ()),
    ],
)
def test_the_journal_does_not_overrule_what_serves(
    who: Seen, direction: Direction, left: tuple[str, ...]
) -> None:
    entries = journal("look:done", "start:done", "cutover:done", "promote:done")
    found = recovery(entries, STEPS, COMMIT, who)
    assert (found.direction, found.steps) == (direction, left)


def test_a_commit_that_moves_the_traffic_is_made_after_its_gates_looked_again() -> None:
    entries = journal("look:done", "start:done", "cutover:intent")
    found = recovery(entries, STEPS, "cutover", Seen.PREVIOUS)
    assert (found.direction, found.steps) == (Direction.FORWARD, STEPS)
