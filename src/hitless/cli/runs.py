"""Deploys that others may follow: each writes its events to a file of its own.

The file ends with how the deploy ended. So a deploy outlives the terminal it was started
in, and whoever attaches to it, from wherever, learns the same and gets the same status.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from hitless.cli.conventions import BUG_EXIT
from hitless.cli.render.events import Both, JsonReporter
from hitless.cli.terminal import echo
from hitless.domain.codec import decode, encode
from hitless.domain.errors import HitlessError, Interrupted, RunDied, StateError
from hitless.domain.lock import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hitless.app import App
    from hitless.deploy.context import World

LOOK_AGAIN = 0.1
BEGINS_WITHIN = 10.0
KEPT = 50  # logs of each kind
RUN, END = "run", "end"


@dataclass(frozen=True, slots=True)
class Result:
    """What a deploy that went well has to tell.

    Attributes:
        summary: Lines for people, the most important one first.
    """

    document: dict[str, Any]
    summary: tuple[str, ...]

    def tell(self) -> None:
        """For people."""
        for number, line in enumerate(self.summary):
            echo(line, bold=number == 0, dim=number == len(self.summary) - 1 > 0)


def run_recorded(app: App, command: str, act: Callable[[World], Result]) -> Result:
    """Run a deploy here, and write down what happens for those who attach to it."""
    with _new_log(app).open("a", buffering=1) as file:
        return _run(app, command, act, file)


def run_behind(app: App, command: str, act: Callable[[World], Result]) -> str:
    """Run a deploy in a process and session of its own; returns the name of the run."""
    path = _new_log(app)
    app.world.store.close()
    if app.world.background.split(path.with_suffix(".log")):
        try:
            with path.open("a", buffering=1) as file:
                _run(app.watched_by(JsonReporter(_no_line)), command, act, file)
        finally:
            app.world.background.leave()
    return _name(path)


def find(app: App, name: str) -> Path:
    """The file of a run: by its name, by its deploy's id, or the last one.

    Raises:
        StateError: when there is none.
    """
    paths = sorted(_directory(app).glob("deploy-*.jsonl"), reverse=True)
    for path in paths:
        if name in ("", _name(path)) or name == _deploy_of(app, path):
            return path
    raise StateError(
        f"no run of deploy {name!r} is recorded" if name else "no deploy was recorded here",
        'see past deploys with "hitless history"',
    )


def follow(app: App, path: Path) -> Iterator[dict[str, Any]]:
    """The events of a run, also those to come, until it has ended.

    Raises:
        RunDied: when its process ends without a word.
    """
    process: Process | None = None
    deadline = time.monotonic() + BEGINS_WITHIN
    with path.open() as file:
        while True:
            lives = app.world.host.lives(process) if process else time.monotonic() < deadline
            for event in _complete(file):  # after the look: what it wrote last counts
                process = decode(Process, event["process"]) if event["event"] == RUN else process
                yield event
                if event["event"] == END:
                    return
            if not lives:
                raise RunDied(
                    f"the process of run {_name(path)} ended without saying how",
                    'bring its deploy to an end with "hitless recover"',
                )
            time.sleep(LOOK_AGAIN)


def failure(event: dict[str, Any]) -> HitlessError:
    """The error with which a run ended, as whoever started it met it."""
    kinds = {kind.code: kind for kind in _kinds(HitlessError)}
    kind = kinds.get(event["error"]["code"], HitlessError)
    error = kind(*(event["error"][name] for name in ("message", "hint", "details")))
    error.exit_status = event["status"]
    return error


def _run(app: App, command: str, act: Callable[[World], Result], file: IO[str]) -> Result:
    def write(line: str) -> None:
        file.write(f"{line}\n")

    seen = app.watched_by(Both(app.reporter, JsonReporter(write)))
    seen.interrupts.install()
    process = seen.world.host.process()
    write(json.dumps({"event": RUN, "command": command, "process": encode(process)}))
    try:
        result = act(seen.world)
    except BaseException as error:
        write(json.dumps({"event": END, **_ended_badly(error), "deploy": _deploy_by(seen)}))
        raise
    end = {"status": 0, "result": result.document, "summary": result.summary}
    write(json.dumps({"event": END, **end, "deploy": _deploy_by(seen)}))
    return result


def _ended_badly(error: BaseException) -> dict[str, Any]:
    if isinstance(error, KeyboardInterrupt):
        error = Interrupted("interrupted")
    if not isinstance(error, HitlessError):
        error, status = HitlessError(f"bug: {type(error).__name__}: {error}"), BUG_EXIT
    else:
        status = error.exit_status
    told = {"code": error.code, "message": error.message} | {
        "hint": error.hint,
        "details": error.details,
    }
    return {"status": status, "error": told}


def _deploy_by(app: App) -> str | None:
    """The id of the deploy that this process ran; None when it did not come that far."""
    try:
        holder = app.world.store.holder()
        last = next(iter(app.world.store.deploys(1)), None)
    except HitlessError:  # the state itself may be why it ended
        return None
    mine = holder is not None and holder.process == app.world.host.process()
    return last.id if last and holder and mine and last.started >= holder.since else None


def _deploy_of(app: App, path: Path) -> str | None:
    with path.open() as file:
        events = list(_complete(file))
    if events and events[-1]["event"] == END:
        ended: str | None = events[-1]["deploy"]
        return ended
    holder, running = app.world.store.holder(), app.world.store.unfinished()
    mine = events and holder and decode(Process, events[0]["process"]) == holder.process
    return running.id if mine and running else None


def _complete(file: IO[str]) -> Iterator[dict[str, Any]]:
    """The events that are written to their end; half a line is left for the next look."""
    while True:
        begin = file.tell()
        line = file.readline()
        if not line.endswith("\n"):
            file.seek(begin)
            return
        yield json.loads(line)


def _new_log(app: App) -> Path:
    """An empty file; its name tells when, and no other run has it."""
    directory = _directory(app)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = time.strftime("%Y%m%d-%H%M%S", time.localtime())
    path = directory / f"deploy-{moment}-{app.world.host.process().pid}.jsonl"
    path.touch(mode=0o600)
    _forget_old(directory)
    return path


def _forget_old(directory: Path) -> None:
    """Keep the last of each kind; of what is older, the journal tells."""
    for pattern in ("deploy-*.jsonl", "deploy-*.log", "d[0-9]*.log"):
        found = sorted(directory.glob(pattern), key=lambda path: path.stat().st_mtime)
        for path in found[:-KEPT]:
            path.unlink(missing_ok=True)


def _directory(app: App) -> Path:
    return app.world.home / "logs"


def _name(path: Path) -> str:
    return path.stem.removeprefix("deploy-")


def _kinds(base: type[HitlessError]) -> Iterator[type[HitlessError]]:
    yield base
    for child in base.__subclasses__():
        yield from _kinds(child)


def _no_line(_line: str) -> None:
    """Nobody watches the process behind; its file tells everything."""
