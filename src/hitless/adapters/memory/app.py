"""How the program inside an image behaves, as a script."""

from __future__ import annotations

from dataclasses import dataclass

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class App:
    """One program; all times are seconds since its container started.

    Attributes:
        text: The body of its answers.
        starts_in: Until then it answers 503.
        breaks_after: From then on it answers 500.
        crashes_after: Then it ends by itself with ``exit_code``.
        fails: Paths that it answers with 500.
        absent: Paths that it answers with 404.
        files: Names of the hashed files in its image.
        tells_release: Its answers carry the header X-Release.
        healthy_in: When its healthcheck succeeds; None without a healthcheck.
        sick_after: From then on its healthcheck fails.
        stops_in: How long it needs to end after SIGTERM.
        out_of_memory: The kernel ends it when it crashes.
        takes: As a one-shot: how long it runs.
        prints: What its log shows.
        data: What lies in its volumes, as ``ls`` prints it.
        migrates_to: As a one-shot: the revision of the schema that it leaves, if any.
        memory: Bytes that it holds while it runs.
        forgets: It does not find again what was posted to it.
    """

    text: str = "hello"
    content_type: str = "text/plain"
    port: int = 8000
    starts_in: float = 0.0
    breaks_after: float = NEVER
    crashes_after: float = NEVER
    exit_code: int = 0
    fails: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    tells_release: bool = True
    healthy_in: float | None = None
    sick_after: float = NEVER
    stops_in: float = 0.0
    out_of_memory: bool = False
    takes: float = 0.0
    prints: str = ""
    data: str = ""
    migrates_to: str = ""
    memory: int = 50_000_000
    forgets: bool = False

    def status(self, path: str, age: float) -> int:
        """The status of an answer at an age."""
        if age < self.starts_in:
            return 503
        if age >= self.breaks_after or path in self.fails:
            return 500
        return 404 if path in self.absent else 200

    def health(self, age: float) -> str:
        """The engine's word for its health at an age; empty without a healthcheck."""
        if self.healthy_in is None:
            return ""
        if age >= self.sick_after:
            return "unhealthy"
        return "healthy" if age >= self.healthy_in else "starting"
