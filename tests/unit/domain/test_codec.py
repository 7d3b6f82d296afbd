"""What is written as JSON comes back as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.codec import decode, encode
from hitless.domain.journal import Deploy, Kind, Outcome
from hitless.domain.release import Release, release_id
from hitless.domain.settings import (
    Handover,
    Migrations,
    Probe,
    Proxy,
    Route,
    Settings,
    SmokeCheck,
    Timing,
    Web,
    Worker,
    WriteProbe,
)
from hitless.domain.slot import Slot

TEXT = st.text()
TEXTS = st.lists(TEXT).map(tuple)


def made(record: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A record of which only some fields vary: hypothesis would vary all of a NamedTuple's."""
    return st.fixed_dictionaries(fields).map(lambda given: record(**given))


SETTINGS = made(
    Settings,
    service=TEXT,
    compose=TEXTS,
    proxy=made(
        Proxy,
        service=TEXT,
        routes=st.lists(made(Route, path=TEXT, service=TEXT, websocket=st.booleans())).map(tuple),
    ),
    web=st.dictionaries(TEXT, made(Web, port=st.integers(), ready=TEXT)),
    workers=st.dictionaries(TEXT, made(Worker, handover=st.sampled_from(Handover))),
    accessories=TEXTS,
    migrations=st.none() | made(Migrations, service=TEXT, command=TEXTS),
    smoke=st.lists(made(SmokeCheck, contains=TEXT)).map(tuple),
    probe=made(
        Probe,
        pages=TEXTS,
        write=st.none()
        | made(WriteProbe, post=TEXT, json=st.dictionaries(TEXT, TEXT), read_back=TEXT),
    ),
    timing=made(Timing, ready=st.floats(0, 1e6)),
    subnet=st.none() | TEXT,
)


@given(SETTINGS)
def test_settings_survive_the_way_through_json(settings: Settings) -> None:
    assert decode(Settings, json.loads(json.dumps(encode(settings)))) == settings


@given(SETTINGS, TEXTS)
def test_a_release_survives_the_way_through_json(
    settings: Settings, snippets: tuple[str, ...]
) -> None:
    release = Release(
        "0" * 8, "v1", "", 1.0, {"api": "sha256:0"}, {"services": {}}, settings, snippets
    )
    assert decode(Release, json.loads(json.dumps(encode(release)))) == release


def test_enums_inside_come_back_as_enums() -> None:
    deploy = Deploy("d1", Kind.ROLLBACK, "r", None, Slot.GREEN, "me", 1.0)
    again = decode(Deploy, json.loads(json.dumps(encode(deploy))))
    assert again == deploy
    assert (again.kind, again.slot, again.outcome) == (Kind.ROLLBACK, Slot.GREEN, Outcome.RUNNING)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Today:
    name: str
    colour: Colour = Colour.RED
    tags: dict[str, Any] = field(default_factory=dict)


def test_what_another_version_wrote_is_read_as_far_as_it_is_known() -> None:
    assert decode(Today, {"name": "x", "of the future": 1}) == Today("x")


def test_a_field_without_a_default_must_be_there() -> None:
    with pytest.raises(TypeError, match="name"):
        decode(Today, {"colour": "red"})


SMALL = Settings("s", ("c",), Proxy("nginx", (Route("/", "api"),)), {"api": Web(1, "/")})


def identity(**changes: Any) -> str:
    parts: dict[str, Any] = {
        "version": "v1",
        "images": {"api": "sha256:1", "web": "sha256:2"},
        "compose": {"services": {"api": {"image": "a"}}},
        "settings": SMALL,
        "snippets": ("gzip on;",),
    }
    return release_id(**(parts | changes))


def test_equal_content_gives_an_equal_release_id_whatever_the_order_of_keys() -> None:
    assert identity() == identity(images={"web": "sha256:2", "api": "sha256:1"})
    assert len(identity()) == 8
    assert int(identity(), 16) >= 0


@pytest.mark.parametrize(
    "change",
    [
        {"version": "v2"},
        {"images": {"api": "sha256:3", "web": "sha256:2"}},
        {"compose": {"services": {"api": {"image": "a", "environment": {"A": "1"}}}}},
        {"snippets": ("gzip off;",)},
    ],
)
def test_any_change_of_content_gives_another_release_id(change: dict[str, Any]) -> None:
    assert identity(**change) != identity()


def test_another_setting_gives_another_release_id() -> None:
    other = SMALL._replace(timing=Timing(bake=1.0))
    assert identity(settings=SMALL) != identity(settings=other)
