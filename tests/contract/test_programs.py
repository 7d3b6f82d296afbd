"""The user's own programs: run in their place, told what they need, ended in time."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.programs import MemoryPrograms
from hitless.adapters.programs import ShellPrograms
from hitless.domain.container import Output
from hitless.domain.errors import CommandFailed, ToolMissing

if TYPE_CHECKING:
    from hitless.domain.ports import Programs


class Place(Protocol):
    """Where programs are put."""

    programs: Programs

    def put(self, path: Path, prints: str, code: int, seconds: float = 0.0) -> None:
        """A program that prints, takes its time, and ends."""

    def refuse(self, path: Path, argument: str, code: int) -> None:
        """It ends otherwise when this is its only argument."""


@dataclass
class MemoryPlace:
    programs: MemoryPrograms = field(default_factory=lambda: MemoryPrograms(MemoryClock()))

    def put(self, path: Path, prints: str, code: int, seconds: float = 0.0) -> None:
        self.programs.ends[path.name] = Output(code, f"{prints}\n")
        self.programs.takes[path.name] = seconds

    def refuse(self, path: Path, argument: str, code: int) -> None:
        self.programs.ends[f"{path.name} {argument}"] = Output(code, "")


@dataclass
class RealPlace:
    programs: ShellPrograms = field(default_factory=ShellPrograms)

    def put(self, path: Path, prints: str, code: int, seconds: float = 0.0) -> None:
        path.write_text(f"#!/bin/sh\necho {prints}\nsleep {seconds}\nexit {code}\n")
        path.chmod(0o755)

    def refuse(self, path: Path, argument: str, code: int) -> None:
        first, _, rest = path.read_text().partition("\n")
        path.write_text(f'{first}\n[ "$*" = {argument} ] && exit {code}\n{rest}')


@pytest.fixture(params=[MemoryPlace, RealPlace], ids=["memory", "real"])
def place(request: pytest.FixtureRequest) -> Place:
    made: Place = request.param()
    return made


@pytest.mark.parametrize("code", [0, 7])
def test_what_a_program_printed_and_how_it_ended_comes_back(
    place: Place, tmp_path: Path, code: int
) -> None:
    place.put(tmp_path / "hook", "hello", code)
    assert place.programs.run(tmp_path / "hook", tmp_path, {}, 60.0) == Output(code, "hello\n")


def test_a_program_may_end_otherwise_for_other_arguments(place: Place, tmp_path: Path) -> None:
    place.put(tmp_path / "hook", "hello", 0)
    place.refuse(tmp_path / "hook", "down", 3)
    run = place.programs.run
    assert run(tmp_path / "hook", tmp_path, {}, 60.0, arguments=("up",)) == Output(0, "hello\n")
    assert run(tmp_path / "hook", tmp_path, {}, 60.0, arguments=("down",)) == Output(3, "")


def test_a_program_that_is_not_there_is_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="hook"):
        place.programs.run(tmp_path / "hook", tmp_path, {}, 60.0)


def test_a_program_that_takes_too_long_is_ended(place: Place, tmp_path: Path) -> None:
    place.put(tmp_path / "hook", "hello", 0, seconds=60.0)
    with pytest.raises(CommandFailed, match=r"took longer than 0\.2 s"):
        place.programs.run(tmp_path / "hook", tmp_path, {}, 0.2)


def test_a_program_sees_its_variables_and_its_directory(tmp_path: Path) -> None:
    path = tmp_path / "hook"
    path.write_text('#!/bin/sh\necho "$HITLESS_OUTCOME in $PWD"\n')
    path.chmod(0o755)
    ran = RealPlace().programs.run(path, tmp_path, {"HITLESS_OUTCOME": "live"}, 60.0)
    assert ran.text == f"live in {tmp_path}\n"


def test_a_program_that_may_not_be_executed_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("#!/bin/sh\n")
    with pytest.raises(ToolMissing, match="cannot be run") as caught:
        RealPlace().programs.run(tmp_path / "hook", tmp_path, {}, 60.0)
    assert "chmod +x" in caught.value.hint


def test_what_is_to_be_hidden_is_not_in_what_comes_back(place: Place, tmp_path: Path) -> None:
    place.put(tmp_path / "hook", "open with hunter2-hunter2", 0)
    ran = place.programs.run(tmp_path / "hook", tmp_path, {}, 60.0, {"hunter2-hunter2"})
    assert ran.text == "open with ***\n"


def test_secrets_of_this_process_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_TOKEN", "hunter2-hunter2")
    path = tmp_path / "hook"
    path.write_text("#!/bin/sh\nenv\n")
    path.chmod(0o755)
    shown: list[str] = []
    ran = ShellPrograms(shown.append).run(path, tmp_path, {}, 60.0)
    assert "REGISTRY_TOKEN=***" in shown
    assert "hunter2" not in ran.text + "".join(shown)


def test_a_program_that_prints_without_end_fills_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "hook"
    path.write_text("#!/bin/sh\nhead -c 300000000 /dev/zero\nyes | head -n 200000\necho the end\n")
    path.chmod(0o755)
    code = (
        "import resource\nfrom pathlib import Path\n"
        "from hitless.adapters.programs import ShellPrograms\n"
        f"ran = ShellPrograms().run(Path({str(path)!r}), Path({str(tmp_path)!r}), {{}}, 60.0)\n"
        "assert ran.text.endswith('the end\\n'), ran.text[-99:]\n"
        "assert ran.text.count('y') == 999, ran.text.count('y')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    ran = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 200_000  # kilobytes; the output had 300,000


def test_a_program_that_is_killed_ends_with_its_signal(tmp_path: Path) -> None:
    path = tmp_path / "hook"
    path.write_text("#!/bin/sh\necho begun\nkill -9 $$\n")
    path.chmod(0o755)
    assert ShellPrograms().run(path, tmp_path, {}, 60.0) == Output(-9, "begun\n")


def test_what_a_hanging_program_started_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / "hook"
    path.write_text("#!/bin/sh\ntrap '' TERM\nsleep 600 &\necho $! > child\nwait\n")
    path.chmod(0o755)
    with pytest.raises(CommandFailed, match="took longer"):
        ShellPrograms().run(path, tmp_path, {}, 0.5)
    state = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    while state.exists() and ") Z " not in state.read_text():  # SIGKILL takes a moment
        time.sleep(0.01)


def test_a_program_gets_its_arguments_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "check"
    path.write_text('#!/bin/sh\nfor one in "$@"; do echo "<$one>"; done\n')
    path.chmod(0o755)
    ran = ShellPrograms().run(path, tmp_path, {}, 60.0, arguments=("two words", "$HOME"))
    assert ran.text == "<two words>\n<$HOME>\n"
