"""Progress that a person enjoys watching: one line a step, the current one alive."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from hitless.cli.render.plain import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.status import Status

LINE_WIDTH = 60


class LiveReporter:
    """Implements :class:`hitless.domain.ports.Reporter` for a terminal."""

    def __init__(self) -> None:
        self._console = Console(
            stderr=True, highlight=False, no_color=bool(os.environ.get("NO_COLOR"))
        )
        self._status: Status | None = None
        self._promise = ""

    def step_began(self, step: str, promise: str) -> None:
        """A spinner with what the step promises."""
        self._promise = f"[bold]{step}[/]  [dim]{promise[:1].lower() + promise[1:]}[/]"
        self._spin(self._promise)

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A tick, the time, and what is worth telling."""
        line = Text.assemble(
            ("  ✔ ", "green bold"),
            (f"{step:<16}"),
            (f"{seconds:7.2f} s  ", "dim"),
            (told(facts), "dim"),
        )
        self._print(line)

    def step_failed(self, step: str, reason: str) -> None:
        """A cross and the reason."""
        self._print(Text.assemble(("  ✘ ", "red bold"), f"{step:<16}", (reason, "red")))

    def undoing(self, step: str) -> None:
        """An arrow back."""
        self._print(
            Text.assemble(("  ↶ ", "yellow bold"), (f"{step:<16}", ""), ("taken back", "dim"))
        )

    def say(self, text: str) -> None:
        """A note below the steps."""
        self._print(Text.assemble(("  · ", "cyan"), (text, "dim")))
        if text.startswith(("pulling", "building")):
            self._promise = f"[bold]{text}[/]"
            self._spin(self._promise)

    def output(self, line: str) -> None:
        """The last line of a build beside the spinner."""
        if self._status and line.strip():
            short = line.strip()[:LINE_WIDTH].replace("[", r"\[")
            self._status.update(f"{self._promise}  [dim]{short}[/]")

    def _spin(self, text: str) -> None:
        if self._status is None:
            self._status = self._console.status(text, spinner="dots")
            self._status.start()
        self._status.update(text)

    def _print(self, line: Text) -> None:
        if self._status:
            self._status.stop()
            self._status = None
        self._console.print(line, overflow="ellipsis", no_wrap=True)
