"""The story: look, decide, act, in four stages that build on each other."""

import argparse
import fcntl
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import Enum
from pathlib import Path

from environment import facts, images, leftovers, report, shell, steps
from environment.build_inputs import build_variables
from environment.problem import Problem

LOGS = facts.WORK / "logs"
SUDO = {facts.Rights.ROOT: (), facts.Rights.NONE: (), facts.Rights.SUDO: ("sudo",)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 when something only the user can mend is in the way."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.story(options))
    except Problem as error:
        report.problem(error)
        return 1
    except KeyboardInterrupt:
        return 130


def up(options: argparse.Namespace) -> int:
    """Engine, base images and .venv, each only when it is not there yet."""
    with _alone():
        if not options.only_venv:
            _engine(dry_run=options.dry_run)
            _images(dry_run=options.dry_run)
        _venv(dry_run=options.dry_run)
    return 0


def status(options: argparse.Namespace) -> int:
    """What is there; 0 when nothing is lacking, 1 when ``up`` has something to do."""
    host, seen, venv = facts.host(), facts.base_images(), facts.venv()
    ready = host.engine is facts.Engine.RUNNING and not seen.lacking() and venv.current
    if options.json:
        document = {"ready": ready, "host": host, "images": seen, "venv": venv}
        print(json.dumps(document, default=_plain, indent=2))
    else:
        _show(host, seen, venv)
    return 0 if ready else 1


def clean(options: argparse.Namespace) -> int:
    """Remove what the environment and the product made; nothing else."""
    with _alone(), tempfile.TemporaryDirectory() as logs:
        host, seen = facts.host(), leftovers.leftovers()
        plan = steps.clean(seen)
        _perform(plan, host, dry_run=options.dry_run, logs=Path(logs))
    if not seen.engine_answers:
        report.say(
            "the container engine does not run: its containers and images were not looked at"
        )
    if not plan:
        report.say("there is nothing to remove")
    return 0


def run(options: argparse.Namespace) -> int:
    """Become the given command, which learns this host's BUILD_* variables."""
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise Problem("no command to run", "write it after two dashes: run -- docker compose build")
    environ = {**os.environ, **build_variables(os.environ)}
    try:
        os.execvpe(command[0], command, environ)  # noqa: S606  # words arrive as they were given
    except FileNotFoundError as error:
        raise Problem(f"there is no command {command[0]}") from error


def _engine(*, dry_run: bool) -> None:
    host = facts.host()
    if plan := steps.packages(host):
        _perform(plan, host, dry_run=dry_run)
        host = host if dry_run else facts.host()
    if plan := steps.engine(host, mark=facts.ENGINE_MARK, log=facts.WORK / "engine.log"):
        _perform(plan, host, dry_run=dry_run)
        host = host if dry_run else facts.host()
    if not dry_run:
        steps.require_engine(host)
        report.say(f"  {_engine_line(host)}")


def _images(*, dry_run: bool) -> None:
    host = facts.host()
    if dry_run and host.engine is not facts.Engine.RUNNING:
        report.say("  base images: looked at once the engine runs")
        return
    seen = facts.base_images()
    lacking = seen.lacking()
    plan = steps.base_images(
        seen,
        host,
        registry=bool(lacking) and facts.registry_answers(lacking[0]),
        work=facts.WORK,
        recipe=images.recipe(),
        build=build_variables(os.environ),
    )
    _perform(plan, host, dry_run=dry_run)
    if not dry_run:
        report.say(f"  {_images_line(facts.base_images())}")


def _venv(*, dry_run: bool) -> None:
    host = facts.host()
    plan = steps.venv_packages(host)
    plan += steps.venv(
        facts.venv(),
        folder=facts.VENV,
        root=facts.ROOT,
        mark=facts.VENV_MARK,
        python=sys.executable,
    )
    _perform(plan, host, dry_run=dry_run)
    if not dry_run:
        report.say(f"  .venv: Python {sys.version_info[0]}.{sys.version_info[1]}, as locked")


def _perform(
    plan: Sequence[steps.Step], host: facts.Host, *, dry_run: bool, logs: Path = LOGS
) -> None:
    if dry_run:
        for step in plan:
            report.say(f"  would {step.name}")
            for command in step.commands:
                report.say(f"      {'# ' if command.root else '$ '}{command}")
        return
    steps.check(plan, host)
    sudo = SUDO[host.rights]
    for number, step in enumerate(plan, 1):
        with report.step(step.name):
            log = logs / f"environment-{number}.log"
            shell.run_all(step.name, step.commands, log=log, sudo=sudo)


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time on this machine and user: the kernel frees the lock on any death."""
    path = Path(tempfile.gettempdir()) / f"hitless-environment-{os.getuid()}.lock"
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report.say("  another run prepares this machine: waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _show(host: facts.Host, seen: images.Images, venv: facts.Venv) -> None:
    report.say(_engine_line(host))
    report.say(_images_line(seen))
    for name, presence in seen.present.items():
        report.say(f"    {name}: {presence.value}")
    report.say(f".venv: {'as locked' if venv.current else 'to be made'}")
    absent = sorted(set(facts.TOOLS) - host.tools)
    report.say(f"tools: {'all there' if not absent else 'lacking ' + ', '.join(absent)}")


def _engine_line(host: facts.Host) -> str:
    if host.engine is not facts.Engine.RUNNING:
        return f"container engine: {host.engine.value}"
    versions = f"{host.engine_version}, compose {host.compose}, buildx {host.buildx}"
    return f"container engine: {versions}"


def _images_line(seen: images.Images) -> str:
    kinds = [presence.value for presence in seen.present.values()]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return f"base images: {counts}"


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(value)
    return asdict(value)  # type: ignore[call-overload]  # everything else is a dataclass of ours


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m environment", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    dry_run = argparse.ArgumentParser(add_help=False)
    dry_run.add_argument("--dry-run", action="store_true", help="show the command lines, run none")

    command = commands.add_parser("up", parents=[dry_run], help="make everything that is lacking")
    command.add_argument("--only-venv", action="store_true", help="leave the engine alone")
    command.set_defaults(story=up)

    command = commands.add_parser("status", help="show what is there")
    command.add_argument("--json", action="store_true", help="for other programs")
    command.set_defaults(story=status)

    command = commands.add_parser(
        "clean", parents=[dry_run], help="remove what this project made, nothing else"
    )
    command.set_defaults(story=clean)

    command = commands.add_parser("run", help="run a command with this host's BUILD_* variables")
    command.add_argument("command", nargs=argparse.REMAINDER)
    command.set_defaults(story=run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
