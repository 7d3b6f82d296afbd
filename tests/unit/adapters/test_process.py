"""Programs, signals, forks and facts of this machine: with real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.clock import SystemClock
from hitless.adapters.docker_compose import pull_command, run_command, up_command
from hitless.adapters.host import RUN_URLS, LocalHost
from hitless.adapters.http_client import LocalHttp
from hitless.adapters.interrupts import SignalInterrupts
from hitless.adapters.shell import Shell
from hitless.domain.errors import CommandFailed, Interrupted, ToolMissing
from hitless.domain.lock import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = sys.executable


def test_a_program_prints_to_one_text_line_by_line(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(4)"
    output = Shell(lines.append).run((PYTHON, "-u", "-c", code), cwd=tmp_path)
    assert (output.code, output.text) == (4, "out\nerr\n")
    assert lines == ["out", "err"]


def test_a_program_runs_where_and_with_what_it_is_told(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd(), os.environ['X'], 'PATH' in os.environ)"
    text = Shell().checked((PYTHON, "-c", code), cwd=tmp_path, env={"X": "1"})
    assert text == f"{tmp_path} 1 True\n"


def test_a_failed_program_is_told_with_the_end_of_its_output() -> None:
    code = "[print('line', n) for n in range(99)]; exit(3)"
    with pytest.raises(CommandFailed, match="ended with 3") as caught:
        Shell().checked((PYTHON, "-c", code))
    assert len(caught.value.details) == 30
    assert caught.value.details[-1] == "line 98"


def test_a_program_that_is_not_installed_is_told() -> None:
    with pytest.raises(ToolMissing, match="'no-such-program' is not installed") as caught:
        Shell().run(("no-such-program",))
    assert "hitless doctor" in caught.value.hint


@pytest.mark.parametrize(
    "ending",
    [
        "",
        "signal.signal(15, lambda *_: (time.sleep(1), exit(0)));",
        "main = os.getpid(); signal.signal(15, lambda *_: os.getpid() == main and exit(0));",
    ],
    ids=["at once", "after a second", "all but a child"],
)
def test_a_program_that_takes_too_long_is_ended_with_all_its_children(ending: str) -> None:
    said = "os.write(1, f'{os.getpid()}\\n'.encode())"  # in one piece: two processes write
    code = f"import os, signal, time; {ending} os.fork(); {said}; time.sleep(60)"
    pids: list[int] = []
    with pytest.raises(CommandFailed, match="took longer than 1 s"):
        Shell(lambda line: pids.append(int(line))).run((PYTHON, "-c", code), timeout=1.0)
    assert len(pids) == 2
    clock = SystemClock()
    deadline = clock.monotonic() + 20
    while any(map(_lives, pids)) and clock.monotonic() < deadline:
        clock.sleep(0.05)
    assert not [pid for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_an_error_in_whoever_reads_ends_the_program() -> None:
    def read(_: str) -> None:
        raise ZeroDivisionError

    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(ZeroDivisionError):
        Shell(read).run((PYTHON, "-c", code))


def test_compose_never_builds_or_pulls_by_itself() -> None:
    command = up_command("shop-blue", Path("/m.json"), ("blue-api",))
    assert command == (
        "docker", "compose", "--progress", "plain", "-p", "shop-blue", "-f", "/m.json",
        "up", "--detach", "--no-build", "--pull", "never", "--no-deps", "blue-api",
    )  # fmt: skip
    assert "--no-deps" not in up_command("shop-shared", Path("/m.json"), ())
    assert run_command("p", Path("/m.json"), "migrate")[-5:] == (
        "run", "--rm", "--no-deps", "-T", "migrate",
    )  # fmt: skip
    assert pull_command(("a.yml", "b.yml"), ("db",))[4:] == (
        "-f", "a.yml", "-f", "b.yml", "pull", "db",
    )  # fmt: skip


@pytest.fixture
def interrupts() -> Iterator[tuple[SignalInterrupts, list[str]]]:
    answers: list[str] = []
    made = SignalInterrupts(answers.append)
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    made.install()
    yield made, answers
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_to_stop(
    interrupts: tuple[SignalInterrupts, list[str]], number: signal.Signals
) -> None:
    with pytest.raises(Interrupted, match=f"stopped by {number.name}") as caught:
        signal.raise_signal(number)
    assert caught.value.exit_status == 130
    assert interrupts[1] == []


def test_inside_a_shield_a_signal_is_answered_and_not_obeyed(
    interrupts: tuple[SignalInterrupts, list[str]],
) -> None:
    made, answers = interrupts
    with made.shield():
        with made.shield():
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert [text.partition(":")[0] for text in answers] == ["SIGINT", "SIGTERM"]
    assert '"hitless recover"' in answers[0]
    with pytest.raises(Interrupted):
        signal.raise_signal(signal.SIGINT)


SPLIT = """
import os, sys, time
from pathlib import Path
from hitless.adapters.background import ForkedBackground
background = ForkedBackground()
log = Path(sys.argv[1])
if background.split(log):
    print("behind", os.getsid(0) == os.getpid(), flush=True)
    background.leave()
    print("never", flush=True)
print("in front", flush=True)
"""


def test_a_process_goes_on_behind_with_a_log_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "d1.log"
    run = subprocess.run((PYTHON, "-c", SPLIT, log), capture_output=True, text=True, check=True)
    assert run.stdout == "in front\n"
    clock = SystemClock()
    deadline = clock.monotonic() + 20
    while (not log.exists() or not log.read_text()) and clock.monotonic() < deadline:
        clock.sleep(0.05)
    assert log.read_text() == "behind True\n"
    assert log.stat().st_mode & 0o077 == 0


def test_a_port_is_free_until_somebody_listens() -> None:
    host = LocalHost()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not host.port_free("127.0.0.1", port)
    assert host.port_free("127.0.0.1", port)


def test_free_space_is_told_for_a_directory_that_does_not_exist_yet(tmp_path: Path) -> None:
    host = LocalHost()
    assert host.free_bytes(tmp_path / "a" / "b") == host.free_bytes(tmp_path) > 0


def test_who_acts_is_told_as_user_at_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert LocalHost().actor().endswith(f"@{socket.gethostname()}")
    monkeypatch.setenv("SUDO_USER", "ada")
    assert LocalHost().actor() == f"ada@{socket.gethostname()}"


def test_the_version_comes_from_git_and_is_empty_outside_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    host = LocalHost()
    assert (host.version(tmp_path), host.commit(tmp_path)) == ("", "")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run((*git, "init", "-q"), cwd=tmp_path, check=True)
    subprocess.run((*git, "commit", "-q", "--allow-empty", "-m", "x"), cwd=tmp_path, check=True)
    subprocess.run((*git, "tag", "v1.2.0"), cwd=tmp_path, check=True)
    assert host.version(tmp_path) == "v1.2.0"
    assert len(host.commit(tmp_path)) == 40
    assert host.version(tmp_path / "absent") == ""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/damaged":
            self.wfile.write(b"nonsense\r\n\r\n")
            return
        self.send_response(503 if self.path == "/closed" else 200)
        self.send_header("X-Mine", self.headers.get("X-Asked", ""))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_answer_has_status_lower_case_headers_and_body(port: int) -> None:
    answer = LocalHttp().get(port, "/a?b=1", {"X-Asked": "Yes"})
    assert (answer.status, answer.headers["x-mine"], answer.body) == (200, "Yes", b"/a?b=1")
    assert LocalHttp().get(port, "/closed", {}).status == 503


def test_no_answer_is_an_answer_too(port: int) -> None:
    damaged = LocalHttp().get(port, "/damaged", {})
    assert (damaged.status, bool(damaged.error)) == (0, True)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        late = LocalHttp().get(silent.getsockname()[1], "/", {}, timeout=0.1)
    assert late.status == 0
    assert "timed out" in late.error.lower()


def test_a_process_lives_until_it_ends_and_is_no_other_with_its_number() -> None:
    host = LocalHost()
    me = host.process()
    assert host.lives(me)
    assert not host.lives(me._replace(started=me.started + 1))
    assert not host.lives(me._replace(boot="another"))
    with subprocess.Popen((PYTHON, "-c", "input()"), stdin=subprocess.PIPE) as other:
        assert not host.lives(me._replace(pid=other.pid))
    assert not host.lives(me._replace(pid=other.pid))


def test_the_page_of_the_ci_job_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_RUN_ID", *RUN_URLS):
        monkeypatch.delenv(name, raising=False)
    assert LocalHost().run_url() == ""
    monkeypatch.setenv("BUILD_URL", "https://ci.example/job/7")
    assert LocalHost().run_url() == "https://ci.example/job/7"
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "shop/api")
    monkeypatch.setenv("GITHUB_RUN_ID", "12")
    assert LocalHost().run_url() == "https://github.com/shop/api/actions/runs/12"


ANNOUNCED = """
from hitless.adapters.host import LocalHost
me = LocalHost().process()
print(me.host, me.pid, me.started, me.boot, flush=True)
input()
"""


def test_only_the_very_process_is_asked_to_stop() -> None:
    host = LocalHost()
    command = (PYTHON, "-c", ANNOUNCED)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        machine, pid, started, boot = other.stdout.readline().split()
        announced = Process(machine, int(pid), int(started), boot)
        assert host.lives(announced)
        assert not host.ask_to_stop(announced._replace(started=announced.started - 1))
        assert other.poll() is None
        assert host.ask_to_stop(announced)
        assert other.wait(20) == -signal.SIGTERM
    assert not host.ask_to_stop(announced)


LOSES_ITS_TERMINAL = """
import os, signal, sys
from hitless.adapters.interrupts import SignalInterrupts
told = []
SignalInterrupts(told.append).install()
signal.raise_signal(signal.SIGHUP)
print("nobody reads this")
with open(sys.argv[1], "w") as file:
    print(told, os.readlink("/proc/self/fd/1"), file=file)
"""


def test_a_lost_terminal_is_no_wish_to_stop(tmp_path: Path) -> None:
    file = tmp_path / "told"
    command = (PYTHON, "-c", LOSES_ITS_TERMINAL, str(file))
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == ""
    assert file.read_text() == "['the terminal is gone; going on without it'] /dev/null\n"
