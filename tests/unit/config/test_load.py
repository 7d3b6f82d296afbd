"""Every mistake in hitless.yaml is told at once, with its line and what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.config.load import load, parse
from hitless.domain.errors import ConfigInvalid, ConfigMissing
from hitless.domain.settings import Handover, QueueType, SmokeCheck, Web, Worker, WriteProbe

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """\
service: shop
proxy:
  service: nginx
  routes: [{path: /, service: api}]
web:
  api: {port: 8000, ready: /ready}
"""


def mistakes(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigInvalid) as caught:
        parse(text)
    assert caught.value.exit_status == 2
    return caught.value.details


def test_a_small_file_is_enough() -> None:
    settings = parse(SMALL)
    assert settings.service == "shop"
    assert settings.compose == ("compose.yml",)
    assert settings.web == {"api": Web(8000, "/ready")}
    assert settings.keep_hot


def test_every_section_arrives_where_it_belongs() -> None:
    settings = parse(
        SMALL
        + """\
workers: {mail: {handover: stop-first, stop_timeout: 1.5m}}
accessories: [db]
ignore: [mailhog]
migrations: {service: migrate, command: [alembic, upgrade, head], timeout: 250ms}
smoke: [{path: /v, json: {release: "${RELEASE}"}}]
probe: {write: {post: /m, json: {id: "{uuid}"}, read_back: "/m/{id}"}}
timing: {bake: 90, drain: 1h}
keep_hot: false
subnet: 10.150.7.0/24
"""
    )
    assert settings.workers == {"mail": Worker(Handover.STOP_FIRST, 90.0)}
    assert settings.migrations
    assert settings.migrations.command == ("alembic", "upgrade", "head")
    assert settings.migrations.timeout == 0.25
    assert settings.smoke == (SmokeCheck("/v", json={"release": "${RELEASE}"}),)
    assert settings.probe.write == WriteProbe("/m", {"id": "{uuid}"}, "/m/{id}")
    assert (settings.timing.bake, settings.timing.drain) == (90.0, 3600.0)
    assert (settings.keep_hot, settings.subnet) == (False, "10.150.7.0/24")


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("web_port: 1\n", "hitless.yaml:7: unknown key 'web_port'"),
        ("timingg: {bake: 3s}\n", "unknown key 'timingg'; did you mean 'timing'?"),
        ("timing: {bakee: 3s}\n", "unknown key 'timing.bakee'; did you mean 'bake'?"),
        ("timing:\n  bake: soon\n", "hitless.yaml:8: timing.bake: not a duration: 'soon'"),
        ("timing: {bake: true}\n", "timing.bake: not a duration"),
        ("timing: {ready: -1}\n", "timing.ready: input should be greater than or equal to 0"),
        ("keep_hot: perhaps\n", "hitless.yaml:7: keep_hot: input should be a valid boolean"),
        ("retain: 0\n", "retain: input should be greater than or equal to 1"),
        ("compose: []\n", "compose: tuple should have at least 1 item"),
        ("compose: 7\n", "compose: input should be a valid tuple"),
        ("accessories: [db, db]\n", "service 'db' is given twice: in accessories"),
        ("workers: {api: {}}\n", "service 'api' is given twice: in web and workers"),
        ("ignore: [nginx]\n", "service 'nginx' is given twice: in ignore and proxy"),
        ("workers: {mail: {port: 1}}\n", "workers.mail: port and ready belong together"),
        ("workers: {mail: {handover: hurry}}\n", "workers.mail.handover: input should be"),
        ("workers: {mail: {handover: singleton, replicas: 2}}\n", "a singleton has one replica"),
        ("workers: {mail: {delivery: at-most-once}}\n", "accept_job_loss: true"),
        ("workers: {mail: {queue: {type: core-nats}}}\n", "every deploy loses jobs"),
        ("workers: {mail: {queue: {type: jetstream}}}\n", "needs service, stream and consumer"),
        (
            "workers: {mail: {queue: {type: jetstream, service: n, stream: S, consumer: c}}}\n",
            "the queue of worker 'mail' is at 'n', which is not under accessories",
        ),
        ("migrations: {}\n", "key 'migrations.service' is missing"),
        ("smoke: [{status: 200}]\n", "smoke.0: give exactly one of path, websocket, write and"),
        ("smoke: [{path: /, command: [a]}]\n", "smoke.0: give exactly one of path"),
        ("smoke: [{websocket: /w, status: 200}]\n", "status and content_type belong to a path"),
        ("smoke: [{path: /, matches: '('}]\n", "smoke.0.matches: not a regular expression"),
        (
            "smoke: [{write: {post: /m, json: {}, read_back: /m}}]\n",
            "smoke.0.write: the document needs {uuid}",
        ),
        ("smoke: [{path: ready}]\n", "smoke.0.path: string should match pattern"),
        ("subnet: 10.0.0.0/8\n", "subnet: string should match pattern"),
        ("probe: {rate: 0}\n", "probe.rate: input should be greater than 0"),
        ("? [a, b]\n: 1\n", "not YAML"),
        ("1: 2\n", "1: keys should be strings"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(added: str, told: str) -> None:
    details = mistakes(SMALL + added)
    assert told in "\n".join(details)
    assert all(line.startswith("hitless.yaml:") for line in details)


@pytest.mark.parametrize("how", ["delivery: at-most-once", "queue: {type: core-nats}"])
def test_who_accepts_lost_jobs_may_release_such_a_worker(how: str) -> None:
    worker = parse(SMALL + f"workers: {{mail: {{{how}, accept_job_loss: true}}}}\n").workers["mail"]
    assert worker.accept_job_loss
    assert worker.queue is None or worker.queue.type is QueueType.CORE_NATS


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = SMALL.replace("port: 8000", "port: 0") + "servicee: x\ntiming: {bake: never}\n"
    lines = mistakes(text)
    assert len(lines) == 3
    assert [line.split(":")[1] for line in lines] == ["6", "7", "8"]


def test_a_missing_key_is_told() -> None:
    assert "key 'web' is missing" in "\n".join(mistakes("service: shop\n"))


def test_a_route_must_lead_to_a_web_service() -> None:
    text = SMALL.replace("service: api}]", "service: nobody}]")
    assert "route / leads to 'nobody', which is not under web" in mistakes(text)[0]


def test_a_path_is_routed_once() -> None:
    text = SMALL.replace("service: api}]", "service: api}, {path: /, service: api}]")
    assert "route / is given twice" in mistakes(text)[0]


def test_a_duplicate_key_is_told_although_yaml_would_take_the_last() -> None:
    assert mistakes(SMALL + "service: other\n") == ("hitless.yaml:7: key 'service' is given twice",)
    twice = SMALL + "  api: {port: 8001, ready: /}\n"
    assert mistakes(twice) == ("hitless.yaml:7: key 'api' is given twice",)


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "~"])
def test_what_is_no_mapping_is_told(text: str) -> None:
    assert "expected keys such as 'service:'" in mistakes(text)[0]


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "a: \t- b", "service: 'shop", "%", "a: &x"])
def test_what_is_not_yaml_is_told(text: str) -> None:
    assert mistakes(text)


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deep_nesting_is_refused_and_does_not_crash(depth: int) -> None:
    assert "not YAML" in mistakes("a: " + "[" * depth + "]" * depth)[0]


def test_a_tag_that_would_run_code_is_refused() -> None:
    assert "not YAML" in mistakes("a: !!python/object/apply:os.getcwd []\n")[0]


def test_anchors_and_notes_of_the_user_are_allowed_below_x_keys() -> None:
    text = "x-web: &web {port: 8000, ready: /ready}\n" + SMALL.replace(
        "{port: 8000, ready: /ready}", "{<<: *web, replicas: 2}"
    )
    assert parse(text).web == {"api": Web(8000, "/ready", replicas=2)}


@pytest.mark.parametrize("key", ["x-a: 1", "smoke: [{path: /, json: {a: *a11}}]"])
def test_a_bomb_of_aliases_ends_in_an_error(key: str) -> None:
    lines = ["x-0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "more than 20000 values" in mistakes("\n".join([*lines, key]))[0]


def test_an_alias_to_itself_ends_in_an_error() -> None:
    assert "no anchor above" in mistakes("a: &a [*a]\n")[0]


def test_a_huge_file_is_refused_without_reading_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "hitless.yaml"
    path.write_text("# " + "x" * 1_000_001)
    with pytest.raises(ConfigInvalid, match="larger than 1000000 bytes"):
        load(path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hitless.yaml"
    path.write_bytes(b"service: gr\xfcn\n")
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        load(path)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        load(tmp_path)


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigMissing, match=r"no hitless.yaml in") as caught:
        load(tmp_path / "hitless.yaml")
    assert "--config" in caught.value.hint


@pytest.mark.parametrize("key", ["compose: [compose.yml, prod.yml]", "compose: [prod.yml]"])
def test_a_file_that_it_names_must_exist(tmp_path: Path, key: str) -> None:
    (tmp_path / "compose.yml").write_text("services: {}\n")
    path = tmp_path / "hitless.yaml"
    path.write_text(f"{SMALL}{key}\n")
    with pytest.raises(ConfigMissing, match=r"'prod.yml', which does not exist"):
        load(path)


def test_a_right_file_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {}\n")
    path = tmp_path / "hitless.yaml"
    path.write_text(SMALL)
    assert load(path) == parse(SMALL)
