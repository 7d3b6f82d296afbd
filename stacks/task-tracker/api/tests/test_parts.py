"""Small decisions that need no database."""

import http.server
import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import ValidationError

from app import feed, outbox, probe
from app.release import ROOT, SCHEMA, fits_schema, read_release
from app.schemas import TaskPatch, WebhookIn
from app.settings import Settings
from app.tokens import digest, matches
from app.worker.backfill import UnknownBackfillError, plan_of
from app.worker.jobs import UnreadablePayloadError, check_version
from app.worker.schedule import due


def settings(**changes: str) -> Settings:
    values: dict[str, object] = {"database_url": "postgresql+asyncpg://nobody@nowhere/x"}
    return Settings.model_validate(values | changes)


def test_the_schema_this_code_knows_is_the_head_of_its_migrations() -> None:
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    assert scripts.get_heads() == [SCHEMA]


@pytest.mark.parametrize(
    ("database", "readable_from", "code", "fits"),
    [
        ("0001", "0001", "0001", True),
        ("0002", "0001", "0001", True),  # rolled back after an expand migration
        ("0002", "0001", "0002", True),
        ("0001", "0001", "0002", False),  # new code before its migration
        ("0004", "0003", "0002", False),  # a contract migration took something away
    ],
)
def test_code_runs_on_schemas_that_promise_to_be_readable(
    database: str, readable_from: str, code: str, *, fits: bool
) -> None:
    assert fits_schema(database, readable_from, code) is fits


def test_the_release_is_read_from_files_and_environment(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("1.2.3\n")
    (tmp_path / "BUILD.json").write_text(json.dumps({"commit": "abc", "built_at": ""}))
    release = read_release(settings(hitless_release="r1", hitless_slot="green"), tmp_path)
    assert (release.version, release.commit, release.built_at) == ("1.2.3", "abc", None)
    assert (release.release, release.slot, release.schema) == ("r1", "green", SCHEMA)


def test_a_job_is_never_given_to_a_second_worker_while_it_may_still_run() -> None:
    assert settings(job_timeout="7").ack_wait > 7


def test_only_ready_made_sources_have_tokens_in_the_environment() -> None:
    configured = settings(source_token_demo="secret")
    assert configured.source_token("demo") == "secret"
    assert configured.source_token("telegram") is None
    assert configured.source_token("jira") is None


def test_tokens_are_kept_as_digests() -> None:
    assert "secret" not in digest("secret")
    assert matches("secret", digest("secret"))
    assert not matches("Secret", digest("secret"))
    assert not matches("", digest("secret"))


def test_jobs_of_this_and_the_previous_payload_version_are_read() -> None:
    current = outbox.PAYLOAD_VERSION
    check_version(outbox.Job("process_message", {"message_id": "x"}).payload())
    for foreign in (current + 1, 0, None, "1"):
        with pytest.raises(UnreadablePayloadError):
            check_version({"v": foreign})


def test_scheduled_jobs_have_keys_that_let_each_happen_once() -> None:
    moment = datetime(2026, 3, 1, 0, 10, tzinfo=UTC)
    first = {(job.name, key) for job, key in due(moment)}
    assert first == {(job.name, key) for job, key in due(moment.replace(minute=59))}
    assert ("daily_digest", "2026-02-28") in first
    assert ("rebuild_topics", "2026-03-01T00") in first


def test_an_unknown_backfill_names_the_known_ones() -> None:
    with pytest.raises(UnknownBackfillError, match="there are: embedding"):
        plan_of("nothing")


def test_times_without_a_zone_are_utc_and_strange_years_are_refused() -> None:
    message = WebhookIn.model_validate(
        {"external_id": "1", "content": "x", "sent_at": "2026-01-02T03:04:05"}
    )
    assert message.sent_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with pytest.raises(ValidationError):
        WebhookIn.model_validate(
            {"external_id": "1", "content": "x", "sent_at": "1999-01-02T03:04:05Z"}
        )


def test_a_change_names_only_what_changes() -> None:
    assert TaskPatch.model_validate({"status": "done"}).changes() == {"status": "done"}


class Answering(http.server.BaseHTTPRequestHandler):
    """A server that is ready at one path and takes everything posted."""

    posted: list[dict[str, str]]

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ready" else 503)
        self.end_headers()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.posted.append(json.loads(self.rfile.read(length)))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def server() -> http.server.HTTPServer:
    Answering.posted = []
    serving = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    return serving


def test_the_probe_says_yes_only_to_200(server: http.server.HTTPServer) -> None:
    port = server.server_port
    assert probe.answers(port, "/ready")
    assert not probe.answers(port, "/other")
    server.shutdown()
    server.server_close()
    assert not probe.answers(port, "/ready")


def test_the_feed_sends_different_messages_of_every_kind(server: http.server.HTTPServer) -> None:
    assert feed.feed(f"http://127.0.0.1:{server.server_port}", rate=500, count=80, seed=3) == 80
    posted = Answering.posted
    assert len({message["external_id"] for message in posted}) == 80
    assert {message["source"] for message in posted} == {"chat", "mail", "alerts"}
    assert not [message for message in posted if "{" in message["content"]]
    server.shutdown()
    server.server_close()
