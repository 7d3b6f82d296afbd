"""What an environment says goes over the rest, and its mistakes are told where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.app import App
from hitless.cli.render.plain import PlainReporter
from hitless.config.load import parse
from hitless.domain.errors import ConfigInvalid, StackUnsuitable, UsageError
from hitless.domain.settings import Web
from hitless.stack.classify import check

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
service: shop
proxy:
  service: nginx
  routes: [{path: /, service: api}]
web:
  api: {port: 8000, ready: /ready, replicas: 2}
timing:
  bake: 10s
  drain: 5s
accessories: [db]
environments:
  staging:
    web: {api: {replicas: 1}}
    timing:
      bake: 1s
    accessories: []
  empty:
"""


def mistakes(text: str, environment: str = "") -> tuple[str, ...]:
    with pytest.raises(ConfigInvalid) as caught:
        parse(text, environment=environment)
    return caught.value.details


def test_mappings_are_merged_and_all_else_is_replaced() -> None:
    staging = parse(BASE, environment="staging")
    assert staging.web == {"api": Web(8000, "/ready", 1)}
    assert (staging.timing.bake, staging.timing.drain) == (1.0, 5.0)
    assert staging.accessories == ()
    assert staging.environment == "staging"


def test_without_a_name_it_is_the_file_itself() -> None:
    plain = parse(BASE)
    assert (plain.service, plain.environment, plain.web["api"].replicas) == ("shop", "", 2)


def test_it_has_a_service_of_its_own() -> None:
    assert parse(BASE, environment="staging").service == "shop-staging"
    assert parse(BASE, environment="empty").service == "shop-empty"
    named = BASE.replace("  staging:\n", "  staging:\n    service: stage\n")
    assert parse(named, environment="staging").service == "stage"


def test_nothing_takes_away_what_was_there() -> None:
    text = BASE.replace("      bake: 1s\n", "      bake: null\n      drain:\n")
    timing = parse(text, environment="staging").timing
    assert (timing.bake, timing.drain) == (10.0, 30.0)
    assert mistakes(BASE.replace("accessories: []", "web:"))


def test_a_mistake_of_an_environment_stands_at_its_own_line_whichever_is_wanted() -> None:
    text = BASE.replace("bake: 1s", "bake: soon").replace("replicas: 1", "replica: 1")
    for wanted in ("", "staging", "empty"):
        told = mistakes(text, wanted)
        assert told[0].startswith("hitless.yaml:13: unknown key 'web.api.replica'")
        assert told[1].startswith("hitless.yaml:15: timing.bake: not a duration: 'soon'")
        assert len(told) == 2


def test_a_mistake_of_the_file_itself_is_told_once() -> None:
    assert mistakes(BASE.replace("drain: 5s", "drain: later")) == (
        "hitless.yaml:9: timing.drain: not a duration: 'later'; write 30s, 10m or 250ms",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  empty:", "  Bad_Name: {}", "hitless.yaml:17: environments.Bad_Name"),
        ("  empty:", "  empty: [1]", "hitless.yaml:17: environments.empty"),
        ("  empty:", "  empty: {environments: {}}", "hitless.yaml:11: environments: empty"),
        ("  empty:", "  empty: {service: 'NO'}", "hitless.yaml:17: service"),
    ],
)
def test_an_environment_of_a_wrong_shape_is_refused(old: str, new: str, said: str) -> None:
    assert any(line.startswith(said) for line in mistakes(BASE.replace(old, new)))


def test_an_unknown_one_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="no environment 'production': it has staging, empty"):
        parse(BASE, environment="production")


def test_its_state_lies_beside_that_of_the_others(tmp_path: Path) -> None:
    file, reporter = tmp_path / "hitless.yaml", PlainReporter(quiet=True)
    assert App(file, reporter).world.home == tmp_path / ".hitless"
    assert App(file, reporter, "staging").world.home == tmp_path / ".hitless-staging"


def test_the_state_of_a_copy_lies_in_that_of_its_own_service(tmp_path: Path) -> None:
    file, reporter = tmp_path / "hitless.yaml", PlainReporter(quiet=True)
    for environment, home in (("", ".hitless"), ("staging", ".hitless-staging")):
        app = App(file, reporter, environment)
        copy = app.copy()
        assert copy.world.home == tmp_path / home / "rehearsal"
        assert App(file, reporter, copy.name).world.home == copy.world.home, "as -e names it"
        assert copy.world.interrupts is app.interrupts


def test_a_volume_that_another_environment_has_is_refused() -> None:
    model = {
        "services": {"nginx": {"ports": [1]}, "api": {}},
        "volumes": {"own": {"name": "shop-staging_own"}, "data": {"name": "shop_data"}},
    }
    with pytest.raises(StackUnsuitable) as caught:
        check(model, parse(BASE, environment="staging"))
    assert len(caught.value.details) == 1
    assert "volume 'shop_data' would be shared with other environments" in caught.value.details[0]


@pytest.mark.parametrize("name", ["rehearsal", "staging-rehearsal"])
def test_the_names_of_copies_are_not_given_to_environments(name: str) -> None:
    (told,) = mistakes(BASE.replace("  empty:", f"  {name}:"))
    assert f"{name!r} is the name of the copy that hitless rehearse makes" in told
    parse(BASE.replace("  empty:", "  rehearsals:"), environment="rehearsals")
