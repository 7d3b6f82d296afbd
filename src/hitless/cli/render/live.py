"""Progress that a person enjoys watching: one line a step, the current one alive."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from hitless.cli.render.plain import told
from hitless.domain.errors import HitlessError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import RenderableType

    from hitless.domain.evidence import Evidence

LINE_WIDTH = 70
LOOKS_A_SECOND = 6


class LiveReporter:
    """Implements :class:`hitless.domain.ports.Reporter` for a terminal.

    The display's thread runs only while a step runs: between two steps the process may
    split in two.
    """

    def __init__(self) -> None:
        self._console = Console(
            stderr=True, highlight=False, no_color=bool(os.environ.get("NO_COLOR"))
        )
        self._spinner = Spinner("dots")
        self._live: Live | None = None
        self._look: Callable[[], Evidence] | None = None
        self._line = ""
        self._verdict = ""

    def step_began(self, step: str, promise: str) -> None:
        """A spinner with what the step promises."""
        self._line = self._verdict = ""
        self._spin(Text.assemble((step, "bold"), "  ", (promise[:1].lower() + promise[1:], "dim")))

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A tick, the time, and what is worth telling."""
        took = (f"{seconds:7.2f} s  ", "dim")
        self._print(("  ✔ ", "green bold"), f"{step:<16}", took, (told(facts), "dim"))

    def step_failed(self, step: str, reason: str) -> None:
        """A cross and the reason."""
        self._print(("  ✘ ", "red bold"), f"{step:<16}", (reason, "red"))

    def undoing(self, step: str) -> None:
        """An arrow back."""
        self._print(("  ↶ ", "yellow bold"), f"{step:<16}", ("taken back", "dim"))

    def say(self, text: str) -> None:
        """A note below the steps."""
        if text.startswith(("pulling", "building")):
            self._spin(Text(text, "bold"))
        else:
            self._print(("  · ", "cyan"), (text, "dim"))

    def output(self, line: str) -> None:
        """The last line of a build below the spinner."""
        self._line = line.strip()[:LINE_WIDTH]

    def verdict(self, text: str) -> None:
        """In place of the counts, from now on to the end of the step."""
        self._verdict = text

    def watching(self, look: Callable[[], Evidence]) -> None:
        """From now on requests are counted while they happen."""
        self._look = look

    def _spin(self, text: Text) -> None:
        self._spinner.update(text=text)
        if self._live is None:
            self._live = Live(
                get_renderable=self._alive,
                console=self._console,
                refresh_per_second=LOOKS_A_SECOND,
                transient=True,
            )
            self._live.start()

    def _alive(self) -> RenderableType:
        below = self._verdict or self._counts() or self._line
        return Group(self._spinner, Text(f"    {below}", "dim")) if below else self._spinner

    def _counts(self) -> str:
        if self._look is None:
            return ""
        try:
            seen = self._look()
        except HitlessError:  # the step that depends on the prober tells what happened
            return ""
        return f"{seen.sent:,} requests · {seen.failed:,} failed · p99 {seen.p99_ms or 0:.0f} ms"

    def _print(self, *parts: str | tuple[str, str]) -> None:
        with suppress(OSError):  # a terminal that is gone must not end a deploy midway
            self._print_line(*parts)

    def _print_line(self, *parts: str | tuple[str, str]) -> None:
        if self._live:
            self._live.stop()
            self._live = None
        self._console.print(Text.assemble(*parts), overflow="ellipsis", no_wrap=True)
