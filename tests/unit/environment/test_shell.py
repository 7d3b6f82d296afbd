from pathlib import Path

import pytest

from environment import shell
from environment.problem import Problem
from environment.shell import Command


@pytest.mark.parametrize(
    ("output", "place"),
    [
        (
            "E: Failed to fetch http://mirror.example/x.deb  Could not connect",
            "http://mirror.example/x.deb",
        ),
        ("Err:1 http://m.example\n  Could not resolve 'm.example'", "m.example"),
        ("HTTPSConnectionPool(host='index.example', port=443): Max retries", "index.example"),
        ("dial tcp: lookup images.example on 127.0.0.53:53: no such host", "images.example"),
        ("E: Unable to locate package", None),
    ],
)
def test_what_cannot_be_reached_is_read_from_the_tools_words(
    output: str, place: str | None
) -> None:
    assert shell.unreachable(output) == place


def test_a_failure_shows_the_logs_tail_and_where_the_rest_is(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "step.log"
    with pytest.raises(Problem, match="do it: command failed: sh -c") as caught:
        run("do it", Command(("sh", "-c", "echo the reason; exit 3")), log)
    assert "the reason" in str(caught.value)
    assert str(log) in caught.value.hint


def test_a_failure_for_want_of_a_network_names_the_place(tmp_path: Path) -> None:
    said = "echo \"Could not resolve 'mirror.example'\"; exit 100"
    with pytest.raises(Problem, match=r"^install: mirror\.example cannot be reached$"):
        run("install", Command(("sh", "-c", said)), tmp_path / "log")


def test_a_failure_on_a_full_disk_says_so(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="the disk is full"):
        run(
            "build", Command(("sh", "-c", "echo No space left on device; exit 1")), tmp_path / "log"
        )


def test_a_command_that_is_not_there_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no-such-command"):
        run("try", Command(("no-such-command",)), tmp_path / "log")


def test_a_command_gets_its_input(tmp_path: Path) -> None:
    run("write", Command(("tee", str(tmp_path / "file")), stdin="text"), tmp_path / "log")
    assert (tmp_path / "file").read_text() == "text"


def test_nothing_runs_after_a_failure(tmp_path: Path) -> None:
    touch = Command(("touch", str(tmp_path / "file")))
    with pytest.raises(Problem):
        shell.run_all("x", (Command(("false",)), touch), log=tmp_path / "log", sudo=())
    assert not (tmp_path / "file").exists()


def test_polling_goes_on_until_it_succeeds(tmp_path: Path) -> None:
    script = f"echo x >> {tmp_path}/tries; test $(wc -l < {tmp_path}/tries) -ge 3"
    run("poll", Command(("sh", "-c", script), within=30), tmp_path / "log")
    assert (tmp_path / "tries").read_text() == "x\n" * 3


def test_only_rooted_commands_get_sudo(tmp_path: Path) -> None:
    commands = (Command(("echo", "plain")), Command(("echo", "rooted"), root=True))
    shell.run_all("x", commands, log=tmp_path / "log", sudo=("echo", "as-root"))
    printed = [line for line in (tmp_path / "log").read_text().splitlines() if line[0] != "$"]
    assert printed == ["plain", "as-root echo rooted"]


def run(name: str, command: Command, log: Path) -> None:
    shell.run_all(name, (command,), log=log, sudo=())
