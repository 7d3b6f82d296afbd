"""Compose files mean here what they mean to Compose, and every value keeps its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.documents.compose import load
from hitless.documents.interpolation import interpolate
from hitless.documents.service import seconds

if TYPE_CHECKING:
    from hitless.documents.compose import Project


def project(*names: str, **texts: str) -> Project:
    files = {name.replace("_", "/"): text for name, text in texts.items()}
    return load(names or tuple(files)[:1], files.get, {"PORT": "9000"})


def test_anchors_and_merge_keys_are_followed_and_own_keys_win() -> None:
    text = (
        "x-a: &a {restart: always, init: true}\nservices:\n  api:\n    <<: *a\n    restart: 'no'\n"
    )
    api = project(base=text).services["api"]
    assert (api.node.say("restart"), api.node.say("init")) == ("no", "true")
    assert (api.node.fields["restart"].line, api.node.fields["init"].line) == (5, 1)


def test_an_overlay_is_merged_as_compose_does_it() -> None:
    base = "services:\n  api:\n    command: a\n    ports: ['1:1']\n    environment: [A=1, B=1]\n"
    over = (
        "services:\n  api:\n    command: b\n    ports: ['2:2']\n    environment: {B: 2}\n"
        "  db: {image: postgres}\n"
    )
    made = project("base", "over", base=base, over=over)
    api = made.services["api"]
    assert api.words("command") == ["b"]
    assert [port.target for port in api.ports()] == ["1", "2"]
    assert {name: node.text for name, node in api.environment().items()} == {"A": "1", "B": "2"}
    assert (api.key.path, api.key.line) == ("base", 2)
    assert made.services["db"].key.path == "over"


def test_reset_and_override_take_away_what_was_below() -> None:
    base = "services: {api: {ports: ['1:1'], cap_add: [A], restart: always}}"
    over = "services: {api: {ports: !override ['2:2'], cap_add: !reset [], restart: !reset null}}"
    api = project("base", "over", base=base, over=over).services["api"]
    assert [port.target for port in api.ports()] == ["2"]
    assert api.node.get("cap_add") is None
    assert api.node.get("restart") is None


def test_extends_reaches_other_files_and_ends_when_it_comes_back() -> None:
    base = "services:\n  api: {extends: {file: common, service: web}, image: own}\n"
    common = "services:\n  web: {extends: web, image: theirs, init: true}\n"
    api = project(base=base, common=common).services["api"]
    assert (api.image, api.node.say("init")) == ("own", "true")


def test_includes_are_read_once_even_in_a_circle() -> None:
    made = project(
        base="include: [more]\nservices: {a: {}}", more="include: [base]\nservices: {b: {}}"
    )
    assert set(made.services) == {"a", "b"}


def test_a_missing_include_is_kept_for_the_rules() -> None:
    assert [one.text for one in project(base="include: [gone]\nservices: {a: {}}").missing] == [
        "gone"
    ]


@pytest.mark.parametrize(
    ("text", "host", "published", "target"),
    [
        ("'80'", "", "", "80"),
        ("8080:80/tcp", "", "8080", "80"),
        ("127.0.0.1:8080:80", "127.0.0.1", "8080", "80"),
        ("'[::1]:8080:80'", "[::1]", "8080", "80"),
        ("'${BIND:-127.0.0.1}:${PORT:-1}:80'", "127.0.0.1", "9000", "80"),
        ("{target: 80, published: 8080, host_ip: 127.0.0.1}", "127.0.0.1", "8080", "80"),
    ],
)
def test_a_port_is_read_in_every_form(text: str, host: str, published: str, target: str) -> None:
    port = project(base=f"services: {{a: {{ports: [{text}]}}}}").services["a"].ports()[0]
    assert (port.host, port.published, port.target) == (host, published, target)
    assert port.is_public is not host.startswith(("127", "[::1"))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("$A-${A}", "1-1"),
        ("${B:-x}", "x"),
        ("${B:-${A}}", "1"),
        ("${E:-x}${E-x}", "x"),
        ("${A:+y}${B:+y}", "y"),
        ("$$A", "$A"),
        ("${B:?no}", ""),
    ],
)
def test_variables_mean_what_they_mean_to_compose(text: str, meaning: str) -> None:
    assert interpolate(text, {"A": "1", "E": ""}) == meaning


@pytest.mark.parametrize(
    ("text", "value"), [("90", 90), ("1m30s", 90), ("250ms", 0.25), ("1h", 3600), ("soon", None)]
)
def test_durations(text: str, value: float | None) -> None:
    assert seconds(text) == value
