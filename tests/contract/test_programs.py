"""The user's own programs: run in their place, told what they need, ended in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pytest

from hitless.adapters.memory.clock import MemoryClock
from hitless.adapters.memory.programs import MemoryPrograms
from hitless.adapters.programs import ShellPrograms
from hitless.adapters.shell import Shell
from hitless.domain.container import Output
from hitless.domain.errors import CommandFailed, ToolMissing

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.domain.ports import Programs


class Place(Protocol):
    """Where programs are put."""

    programs: Programs

    def put(self, path: Path, prints: str, code: int, seconds: float = 0.0) -> None:
        """A program that prints, takes its time, and ends."""


@dataclass
class MemoryPlace:
    programs: MemoryPrograms = field(default_factory=lambda: MemoryPrograms(MemoryClock()))

    def put(self, path: Path, prints: str, code: int, seconds: float = 0.0) -> None:
        self.programs.ends[path.name] = Output(code, f"{prints}\n")
        self.programs.takes[path.name] = seconds


@dataclass
class RealPlace:
    programs: ShellPrograms = field(default_factory=lambda: ShellPrograms(Shell()))

    def put(self, path: Path, prints: str, code: int, seconds: float = 0.0) -> None:
        path.write_text(f"#!/bin/sh\necho {prints}\nsleep {seconds}\nexit {code}\n")
        path.chmod(0o755)


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
