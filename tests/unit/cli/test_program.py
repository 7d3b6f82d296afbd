"""The program as a user meets it: help, exit codes, errors, JSON."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from hitless.adapters.sqlite_store import SqliteStore
from hitless.cli.freeze import moment
from hitless.cli.main import COMMANDS
from hitless.domain.errors import UsageError
from hitless.domain.evidence import Evidence, Second
from hitless.domain.journal import Deploy, Entry, Kind, Outcome, Status
from hitless.domain.release import Release
from hitless.domain.slot import Slot
from hitless.domain.traffic import TrafficKind
from testing.service import MODEL, SETTINGS

PROGRAM = str(Path(sys.executable).with_name("hitless"))
NOWHERE = "unix:///nowhere/docker.sock"
CONFIG = """\
service: shop
proxy: {service: nginx, routes: [{path: /, service: api}]}
web: {api: {port: 8000, ready: /ready}}
"""


def hitless(
    *arguments: str, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """The installed program, far from any engine."""
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd), "DOCKER_HOST": NOWHERE, **environment}
    return subprocess.run(
        (PROGRAM, *arguments), cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def past(tmp_path: Path) -> Path:
    """A directory in which two deploys are recorded."""
    store = SqliteStore(tmp_path / ".hitless" / "state.db")
    for number, (release, before) in enumerate((("1" * 8, None), ("2" * 8, "1" * 8)), 1):
        store.add_release(Release(release, f"v{number}", "", number, {}, MODEL, SETTINGS))
        name = f"d{number}"
        store.begin(Deploy(name, Kind.DEPLOY, release, before, Slot.BLUE, "me@here", 1e9 + number))
        store.write(Entry(name, "cutover", Status.INTENT, 1e9 + number))
        store.write(Entry(name, "cutover", Status.DONE, 1e9 + number + 1, {"seconds": 1.0}))
        second = Second(1_000_000_000 + number, TrafficKind.NEW, sent=50, latencies={3: 50})
        store.save_evidence(name, Evidence((second,)))
        store.end(name, Outcome.LIVE, 1e9 + number + 2, "")
    store.close()
    return tmp_path


def test_help_names_every_command_and_the_way_to_a_first_release(tmp_path: Path) -> None:
    run = hitless("--help", cwd=tmp_path)
    assert run.returncode == 0
    text = " ".join(run.stdout.split())
    for name, (_, summary) in COMMANDS.items():
        assert re.search(rf"^  {name} ", run.stdout, re.MULTILINE)
        assert summary.split(".")[0].split(",")[0] in text
    assert '"hitless doctor"' in run.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    for flag in ("--help", "-h"):
        run = hitless(command, flag, cwd=tmp_path)
        assert run.returncode == 0
        assert f"Usage: hitless {command}" in run.stdout
        assert run.stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_one_summary(command: str) -> None:
    from importlib import import_module  # noqa: PLC0415  # loading commands is the point

    module, summary = COMMANDS[command]
    loaded = import_module(f"hitless.cli.{module}").command
    assert loaded.get_short_help_str(200).rstrip(".").startswith(summary.rstrip(".")[:20])


def test_the_version_is_told(tmp_path: Path) -> None:
    run = hitless("--version", cwd=tmp_path)
    assert re.fullmatch(r"hitless \d+\.\d+\.\d+\S*\n", run.stdout)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 2),
        (("deployy",), 2),
        (("deploy", "--frce"), 2),
        (("history", "--limit", "many"), 2),
        (("completion", "powershell"), 2),
        (("plan",), 2),
        (("rollback",), 1),
        (("status",), 1),
        (("show",), 1),
        (("down", "-y"), 1),
        (("recover",), 0),
        (("history",), 0),
        (("doctor",), 1),
    ],
)
def test_the_exit_status_says_what_kind_of_end_it_was(
    tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    run = hitless(*arguments, cwd=tmp_path)
    assert run.returncode == status, run.stderr
    assert "Traceback" not in run.stderr


def test_a_question_without_an_answer_changes_nothing(tmp_path: Path) -> None:
    assert hitless("down", cwd=tmp_path).returncode == 130


def test_an_error_has_a_code_a_message_and_the_next_command(tmp_path: Path) -> None:
    run = hitless("plan", cwd=tmp_path)
    first, hint = run.stderr.splitlines()
    assert first.startswith("error[E101]: no hitless.yaml in ")
    assert first[-1] != "."
    assert hint.startswith("hint: ")
    assert '"hitless --config FILE"' in hint
    assert run.stdout == ""


def test_all_mistakes_of_a_file_are_shown_below_the_error(tmp_path: Path) -> None:
    (tmp_path / "hitless.yaml").write_text(CONFIG + "servicee: x\nretain: 0\n")
    run = hitless("plan", cwd=tmp_path)
    assert run.returncode == 2
    lines = run.stderr.splitlines()
    assert lines[0] == "error[E102]: hitless.yaml has 2 mistakes"
    assert lines[1].startswith(
        "    hitless.yaml:4: unknown key 'servicee'; did you mean 'service'?"
    )
    assert lines[2].startswith("    hitless.yaml:5: retain:")


def test_another_file_can_be_named_by_option_and_environment(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("service: shop\n")
    named = hitless("-f", "other.yaml", "plan", cwd=tmp_path)
    assert "other.yaml has" in named.stderr
    by_environment = hitless("plan", cwd=tmp_path, HITLESS_CONFIG="other.yaml")
    assert by_environment.stderr == named.stderr


def test_errors_are_plain_where_nobody_looks_and_where_no_colour_is_wanted(
    tmp_path: Path,
) -> None:
    assert "\x1b" not in hitless("plan", cwd=tmp_path).stderr
    assert "\x1b" not in hitless("plan", cwd=tmp_path, NO_COLOR="1", FORCE_COLOR="1").stderr


def test_history_tells_the_past_without_an_engine(past: Path) -> None:
    run = hitless("history", cwd=past)
    assert run.returncode == 0
    assert [line.split()[0] for line in run.stdout.splitlines()] == ["d2", "d1"]
    assert "v2" in run.stdout
    assert "me@here" in run.stdout
    assert len(hitless("history", "-n", "1", cwd=past).stdout.splitlines()) == 1


def test_history_in_json_has_a_format_and_every_field(past: Path) -> None:
    document = json.loads(hitless("history", "--json", cwd=past).stdout)
    assert document["format"] == 1
    newest = document["deploys"][0]
    assert (newest["id"], newest["version"], newest["outcome"]) == ("d2", "v2", "live")
    assert {"kind", "release", "previous", "slot", "actor", "started", "ended"} <= set(newest)


def test_a_certificate_and_its_page_are_written_when_they_are_asked_for(past: Path) -> None:
    run = hitless("show", "d2", "--certificate", cwd=past)
    assert run.returncode == 0, run.stderr
    certificate, page = map(Path, run.stdout.split())
    told = json.loads(certificate.read_text())
    assert told["deploy"]["id"] == "d2"
    printed = json.loads(hitless("show", "d2", "--certificate", "--json", cwd=past).stdout)
    assert printed == {"format": 1, **told}
    text = page.read_text()
    assert told["journal"]["hash"] in text
    assert "What had to be passed" in text
    assert "<script" not in text


def test_a_certificate_of_another_journal_is_refused(past: Path) -> None:
    (certificate, _) = hitless("show", "d1", "--certificate", cwd=past).stdout.split()
    told = json.loads(Path(certificate).read_text())
    told["journal"]["hash"] = "0" * 64
    Path(certificate).write_text(json.dumps(told))
    run = hitless("show", "d1", "--certificate", cwd=past)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("error[E407]")


def test_a_certificate_that_cannot_be_read_is_told_with_the_way_out(past: Path) -> None:
    (certificate, _) = hitless("show", "d1", "--certificate", cwd=past).stdout.split()
    Path(certificate).write_text("{")
    run = hitless("show", "d1", "--certificate", cwd=past)
    assert run.returncode == 1
    assert f'"rm {certificate}"' in run.stderr


def test_one_deploy_is_shown_with_its_steps_and_requests(past: Path) -> None:
    run = hitless("show", "d2", cwd=past)
    assert run.returncode == 0
    assert "v2" in run.stdout
    assert "cutover" in run.stdout
    document = json.loads(hitless("show", "d2", "--json", cwd=past).stdout)
    assert document["format"] == 1
    assert "d2" in json.dumps(document)


def test_a_deploy_that_was_never_made_is_told(past: Path) -> None:
    run = hitless("show", "d9", cwd=past)
    assert run.returncode == 1
    assert run.stderr.startswith("error[E402]: no deploy 'd9' is recorded")


def test_a_damaged_state_is_told_with_the_way_out(past: Path) -> None:
    (past / ".hitless/state.db").write_bytes(b"no database, " * 1000)
    run = hitless("history", cwd=past)
    assert run.returncode == 1
    assert run.stderr.startswith("error[E404]: the state in ")
    assert f'"mv {past}/.hitless/state.db' in run.stderr


def test_without_an_engine_a_command_that_needs_it_says_so(past: Path) -> None:
    run = hitless("status", cwd=past)
    assert run.returncode == 1
    assert run.stderr.startswith("error[E301]: no container engine answers on /nowhere/docker.sock")


def test_doctor_looks_at_everything_and_ends_with_1_when_something_is_wrong(
    tmp_path: Path,
) -> None:
    document = json.loads(hitless("doctor", "--json", cwd=tmp_path).stdout)
    found = {check["name"]: check["ok"] for check in document["checks"]}
    assert found["engine"] is False
    assert found["hitless.yaml"] is False
    assert found["state"] is True


def test_the_schema_is_json_schema(tmp_path: Path) -> None:
    document = json.loads(hitless("config", "schema", cwd=tmp_path).stdout)
    assert document["$schema"].startswith("https://json-schema.org/")
    assert {"service", "proxy", "web"} <= set(document["properties"])


def test_the_settings_are_shown_with_every_default(tmp_path: Path) -> None:
    (tmp_path / "hitless.yaml").write_text(CONFIG)
    (tmp_path / "compose.yml").write_text("services: {}\n")
    run = hitless("config", "show", cwd=tmp_path)
    assert run.returncode == 0
    assert "keep_hot: true" in run.stdout
    assert "bake: 10.0" in run.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed_for_each_shell(tmp_path: Path, shell: str) -> None:
    run = hitless("completion", shell, cwd=tmp_path)
    assert run.returncode == 0
    assert "_HITLESS_COMPLETE" in run.stdout


def test_completion_knows_the_commands(tmp_path: Path) -> None:
    words = {"_HITLESS_COMPLETE": "bash_complete", "COMP_WORDS": "hitless ro", "COMP_CWORD": "1"}
    assert hitless(cwd=tmp_path, **words).stdout.strip() == "plain,rollback"


def test_a_reader_that_has_seen_enough_is_no_error(past: Path) -> None:
    env = {"PATH": os.environ["PATH"], "DOCKER_HOST": NOWHERE}
    with subprocess.Popen(
        (PROGRAM, "config", "schema"), cwd=past, env=env,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        assert run.stdout
        assert run.stderr
        run.stdout.close()
        told = run.stderr.read()
    assert run.returncode == 0
    assert told == b""


BUG = """
import sys
from hitless.cli import entry as program
from hitless.cli import history
def broken(*_): raise ZeroDivisionError("a bug")
history.quiet_app = broken
sys.argv = ["hitless", "history"]
program.run()
"""


def test_a_bug_ends_with_3_and_a_report_to_send_without_secrets(tmp_path: Path) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(tmp_path),
        "POSTGRES_PASSWORD": "hunter2",
        "API_TOKEN": "t0ken",
    }
    run = subprocess.run(
        (sys.executable, "-c", BUG), env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 3
    assert "Traceback" not in run.stderr
    report = next(tmp_path.glob("hitless-bug-*.md"))
    assert str(report) in run.stderr
    text = report.read_text()
    assert "ZeroDivisionError: a bug" in text
    assert "command: history" in text
    assert "hunter2" not in text
    assert "t0ken" not in text


NO_READER = """
import os, sys
from hitless.cli.render.events import JsonReporter
from hitless.cli.render.plain import PlainReporter
reading, writing = os.pipe()
os.close(reading)
os.dup2(writing, 1)
os.dup2(writing, 2)
for reporter in (JsonReporter(), PlainReporter()):
    reporter.step_began("start", "starts")
    reporter.step_done("start", 1.0, {})
    reporter.undoing("start")
    reporter.say("still here")
os._exit(7)
"""


def test_a_reader_that_goes_away_does_not_end_a_deploy_midway() -> None:
    assert subprocess.run((sys.executable, "-c", NO_READER), check=False).returncode == 7


def test_a_freeze_is_set_told_and_ended(past: Path) -> None:
    run = hitless("freeze", "--until", "2h", "-m", "holiday", cwd=past)
    assert run.returncode == 0
    assert re.search(r"deploys are frozen until .* by .*: holiday", run.stdout)
    document = json.loads(hitless("lock", "--json", cwd=past).stdout)
    assert document["freeze"]["reason"] == "holiday"
    assert document["lock"] is None
    assert hitless("freeze", cwd=past).stdout == run.stdout
    assert hitless("freeze", "off", cwd=past).stdout == "deploys are allowed\n"
    assert json.loads(hitless("freeze", "--json", cwd=past).stdout)["freeze"] is None
    assert "nobody holds the lock" in hitless("lock", cwd=past).stdout


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("18:00", datetime(2026, 3, 1, 18, 0)),  # noqa: DTZ001  # users speak local time
        ("9:30", datetime(2026, 3, 2, 9, 30)),  # noqa: DTZ001
        ("90m", datetime(2026, 3, 1, 13, 30)),  # noqa: DTZ001
        ("3d", datetime(2026, 3, 4, 12, 0)),  # noqa: DTZ001
        ("2026-12-24T08:00", datetime(2026, 12, 24, 8, 0)),  # noqa: DTZ001
    ],
)
def test_the_end_of_a_freeze_is_told_in_the_users_words(text: str, then: datetime) -> None:
    assert moment(text, datetime(2026, 3, 1, 12, 0)) == then  # noqa: DTZ001


@pytest.mark.parametrize("text", ["25:00", "soon", "2w", "18:75", ""])
def test_what_is_no_time_ends_no_freeze(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        moment(text, datetime(2026, 3, 1, 12, 0))  # noqa: DTZ001


def test_the_journal_is_verified_and_a_changed_row_is_named(past: Path) -> None:
    run = hitless("history", "verify", cwd=past)
    assert run.returncode == 0
    assert run.stdout.startswith("the journal is whole: 8 rows of 2 deploys\nhead ")
    whole = json.loads(hitless("history", "verify", "--json", cwd=past).stdout)
    assert (whole["ok"], whole["rows"], whole["broken"]) == (True, 8, None)
    assert whole["head"] in run.stdout
    with closing(sqlite3.connect(past / ".hitless/state.db")) as database:
        database.execute("DROP TRIGGER journal_update")
        database.execute("UPDATE journal SET at = at + 1 WHERE seq = 6")
        database.commit()
    run = hitless("history", "verify", cwd=past)
    assert run.returncode == 1
    assert run.stderr.startswith("error[E407]: row 6 of the journal, of deploy d2, is not as it")
    run = hitless("history", "verify", "--json", cwd=past)
    assert run.returncode == 1
    assert json.loads(run.stdout)["broken"]["seq"] == 6
