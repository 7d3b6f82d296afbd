"""Whatever is changed in the journal afterwards, the chain shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.chain import (
    BEGUN,
    ENDED,
    START,
    Link,
    begun,
    canonical,
    ended,
    first_broken,
    sealed,
)
from hitless.domain.journal import Deploy, Kind, Outcome
from hitless.domain.slot import Slot

D1 = Deploy("d1", Kind.DEPLOY, "1" * 8, None, Slot.BLUE, "me@here", 100.0)
D2 = D1._replace(id="d2", previous="1" * 8, slot=Slot.GREEN, started=200.5)
DONE = D1._replace(outcome=Outcome.LIVE, ended=110.25)


def chained(*links: Link) -> list[Link]:
    found: list[Link] = []
    for number, link in enumerate(links, 1):
        found.append(sealed(link._replace(seq=number), found[-1].hash if found else START))
    return found


LINKS = chained(
    Link(0, "d1", "", BEGUN, 100.0, begun(D1)),
    Link(0, "d1", "start", "intent", 101.0, "{}"),
    Link(0, "d1", "start", "done", 102.125, canonical({"ready": ["api"], "at": 0.1})),
    Link(0, "d1", "", ENDED, 110.25, ended(Outcome.NEEDS_HUMAN, 105.0, "no disk")),
    Link(0, "d1", "", ENDED, 110.25, ended(Outcome.LIVE, 110.25, "")),
    Link(0, "d2", "", BEGUN, 200.5, begun(D2)),
)


def test_a_journal_as_it_was_written_is_whole() -> None:
    assert first_broken(LINKS, (D2, DONE)) is None
    assert first_broken((), ()) is None


CHANGED: dict[str, Any] = {
    "deploy": "d9",
    "step": "stop",
    "status": "undone",
    "at": 99.0,
    "detail": '{"ready":[]}',
    "hash": "f" * 64,
}


@given(st.integers(0, len(LINKS) - 1), st.sampled_from(sorted(CHANGED)))
def test_the_first_row_that_was_changed_is_named(at: int, name: str) -> None:
    links = list(LINKS)
    links[at] = links[at]._replace(**{name: CHANGED[name]})
    found = first_broken(links, (DONE, D2))
    assert found
    assert found.seq == at + 1
    assert found.deploy == links[at].deploy


@given(st.integers(0, len(LINKS) - 2))
def test_a_row_that_is_missing_is_named(at: int) -> None:
    links = [*LINKS[:at], *LINKS[at + 1 :]]
    found = first_broken(links, (DONE, D2))
    assert found
    assert found.reason == f"row {at + 1} is missing"


@given(st.integers(0, len(LINKS) - 2))
def test_rows_that_changed_places_are_seen(at: int) -> None:
    links = list(LINKS)
    links[at], links[at + 1] = (
        links[at + 1]._replace(seq=at + 1),
        links[at]._replace(seq=at + 2),
    )
    found = first_broken(links, (DONE, D2))
    assert found
    assert found.seq == at + 1


@pytest.mark.parametrize(
    ("deploys", "seq", "name"),
    [
        ((DONE._replace(outcome=Outcome.ROLLED_BACK), D2), 5, "d1"),
        ((DONE._replace(actor="you@there"), D2), 5, "d1"),
        ((DONE,), 6, "d2"),
        ((DONE, D2, D2._replace(id="d3")), 0, "d3"),
    ],
)
def test_a_list_of_deploys_that_tells_it_otherwise_is_seen(
    deploys: tuple[Deploy, ...], seq: int, name: str
) -> None:
    found = first_broken(LINKS, deploys)
    assert found
    assert (found.seq, found.deploy) == (seq, name)
