"""Decides what to do from what was seen. Pure: facts in, command lines out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from environment import apt, images
from environment.build_inputs import secret_options
from environment.facts import TOOLS, Engine, Host, Rights, Venv
from environment.leftovers import Leftovers
from environment.problem import Problem
from environment.shell import Command

OLDEST_DEBIAN = 12
PINNED_DEBIAN = 12  # the one release whose own engine is too old for this project
START_SECONDS = 30.0
STOP_SECONDS = 30.0
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Step:
    """A few command lines with a name; ``room`` is the disk space they need, in bytes."""

    name: str
    commands: tuple[Command, ...]
    room: int = 0


def packages(host: Host) -> tuple[Step, ...]:
    """Install what Debian has and this host lacks: engine, plugins, tools of the tests.

    Raises:
        Problem: the engine is lacking and this is a system the environment cannot install on.
    """
    wanted = (*_engine_packages(host), *_tool_packages(host))
    return _install(wanted, host)


def venv_packages(host: Host) -> tuple[Step, ...]:
    """Install Debian's python3-venv where the interpreter came without ensurepip.

    Raises:
        Problem: it is lacking on a system the environment cannot install on.
    """
    if host.ensurepip:
        return ()
    if host.debian < OLDEST_DEBIAN:
        raise Problem(
            "this Python cannot make virtual environments: its module ensurepip is lacking",
            "install your system's package for it, often called python3-venv",
        )
    return _install(("python3-venv",), host)


def _install(wanted: tuple[str, ...], host: Host) -> tuple[Step, ...]:
    if not wanted:
        return ()
    pin = host.debian == PINNED_DEBIAN and set(wanted) & set(apt.ENGINE_PACKAGES)
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get")  # sudo drops the variable
    install = (*quiet, "-o", "DPkg::Lock::Timeout=300", "install", "--yes")
    commands = (
        *(_pin(host) if pin else ()),
        Command(("apt-get", "update"), root=True),
        Command((*install, "--no-install-recommends", *wanted), root=True),
    )
    return (Step(f"install {', '.join(wanted)}", commands, room=GIB),)


def engine(host: Host, *, mark: Path, log: Path) -> tuple[Step, ...]:
    """Start the engine when it is installed and does not run.

    Raises:
        Problem: it runs, but this user may not use it, or DOCKER_HOST points elsewhere.
    """
    if host.engine is Engine.RUNNING:
        return ()
    if host.remote_engine:
        raise Problem(
            f"the container engine at DOCKER_HOST={host.remote_engine} does not answer",
            "start it, or run `unset DOCKER_HOST` to use this machine's own",
        )
    if host.engine is Engine.DENIED:
        raise Problem(
            "the container engine runs, but you may not talk to it",
            'run `sudo usermod --append --groups docker "$USER"`, log in again and repeat',
        )
    start = _start_service() if host.systemd else _start_daemon(mark, log)
    asked = Command(("docker", "info"), root=True, within=START_SECONDS)
    return (Step("start the container engine", (start, asked)),)


def require_engine(host: Host) -> None:
    """Hold the result: an engine that answers, through a client that knows both plugins.

    Raises:
        Problem: one of them is still lacking.
    """
    if host.engine is Engine.DENIED:
        engine(host, mark=Path(), log=Path())
    if host.engine is not Engine.RUNNING:
        raise Problem(
            "the container engine was started and does not answer", "read .environment/engine.log"
        )
    if not (host.compose and host.buildx):
        raise Problem(
            "the docker command that comes first on PATH finds no compose or buildx plugin",
            "put Debian's first: `export PATH=/usr/bin:$PATH`",
        )


def base_images(
    seen: images.Images,
    host: Host,
    *,
    registry: bool,
    work: Path,
    recipe: str,
    build: Mapping[str, str],
) -> tuple[Step, ...]:
    """Pull the base images that are lacking or, where no registry answers, build stand-ins.

    Raises:
        Problem: no registry answers and this is no Debian to build stand-ins on.
    """
    lacking = seen.lacking()
    if not lacking:
        return ()
    if registry:
        return tuple(
            Step(f"pull {name}", (Command(("docker", "pull", name)),), room=GIB) for name in lacking
        )
    if not host.archive or "mmdebstrap" not in host.tools:
        raise Problem(
            f"no container registry answers, and {lacking[0]} is not on this machine",
            "check the network and run it again; stand-ins need Debian and mmdebstrap",
        )
    debian = () if seen.debian else (_standin_debian(host.archive, work / "standin-debian.tar"),)
    return (*debian, *(_standin(name, recipe, build) for name in lacking))


def venv(seen: Venv, *, folder: Path, root: Path, mark: Path, python: str) -> tuple[Step, ...]:
    """Make .venv from the lock file, hashes required, with the package itself editable.

    The lock file is complete, so nothing is resolved: of ``coverage[toml]``, which another
    package asks for, pip takes the newest release, and then refuses it for having no hash.
    """
    if seen.exists and seen.same_python and seen.current:
        return ()
    pip = (str(folder / "bin/python"), "-m", "pip", "install", "--quiet")
    lock = str(root / "requirements/dev.txt")
    editable = ("--no-deps", "--no-build-isolation", "--editable", str(root))
    fresh = ("--clear",) if seen.exists and not seen.same_python else ()
    commands = (
        Command((python, "-m", "venv", *fresh, str(folder))),
        Command((*pip, "--no-deps", "--require-hashes", "--requirement", lock)),
        Command((*pip, *editable)),
        Command(("tee", str(mark)), stdin=seen.inputs),
    )
    return (Step("make .venv from requirements/dev.txt", commands, room=GIB),)


def clean(seen: Leftovers) -> tuple[Step, ...]:
    """Remove exactly what the environment and the product made, newest layer first."""
    objects = (
        _removal("containers", ("container", "rm", "--force", "--volumes"), seen.containers),
        _removal("networks", ("network", "rm"), seen.networks),
        _removal("volumes", ("volume", "rm"), seen.volumes),
        _removal("images", ("image", "rm", "--force"), seen.images),
    )
    return (
        *(step for step in objects if step),
        *_stop_engine(seen.engine_pid),
        *_remove("the apt source and its pin", seen.files),
        *_remove("the checkout's own folders", seen.folders),
    )


def check(steps: Iterable[Step], host: Host) -> None:
    """Refuse before anything is changed when rights or disk space will not do.

    Raises:
        Problem: a step needs root and there is no way to it, or the disk is too full.
    """
    steps = tuple(steps)
    rooted = [step for step in steps if any(command.root for command in step.commands)]
    if rooted and host.rights is Rights.NONE:
        raise Problem(
            f"root's rights are needed to {rooted[0].name}",
            "run it as root, or install sudo",
        )
    room = max((step.room for step in steps), default=0)
    if host.free_bytes < room:
        raise Problem(
            f"the disk is nearly full: {host.free_bytes / GIB:.1f} GiB are free, "
            f"{room / GIB:.1f} GiB are needed to {steps[0].name}",
            "free some space; `docker system df` shows what images and volumes take",
        )


def _engine_packages(host: Host) -> tuple[str, ...]:
    reachable = host.engine is not Engine.ABSENT or bool(host.remote_engine)
    if host.engine is Engine.DENIED or (reachable and host.compose and host.buildx):
        return ()
    lacking = (
        "a container engine"
        if host.engine is Engine.ABSENT
        else "Docker's compose or buildx plugin"
    )
    if host.debian < OLDEST_DEBIAN or not host.archive:
        raise Problem(
            f"{lacking} is lacking, and this is no Debian 12 or newer to install it on",
            "install Docker Engine with its compose and buildx plugins, then run it again",
        )
    if host.engine is not Engine.ABSENT and not host.debian_engine:
        raise Problem(
            f"{lacking} is lacking, and the engine here is not Debian's own package",
            "install docker-compose-plugin and docker-buildx-plugin where the engine came from",
        )
    return (*apt.ENGINE_PACKAGES, "iptables")


def _tool_packages(host: Host) -> tuple[str, ...]:
    """The tests' tools: wanted, not needed, so their lack alone stops nobody."""
    if host.debian < OLDEST_DEBIAN or host.rights is Rights.NONE:
        return ()
    # Where systemd runs, installing a server starts it for all the network: not ours to do.
    unwanted = {"sshd"} if host.systemd else set()
    return tuple(TOOLS[tool] for tool in TOOLS if tool not in {*host.tools, *unwanted})


def _pin(host: Host) -> tuple[Command, ...]:
    texts = {
        apt.SOURCE_FILE: apt.source_text(host.archive or ""),
        apt.PREFERENCES_FILE: apt.preferences_text(),
    }
    return tuple(
        Command(("install", "-D", "--mode=644", "/dev/stdin", name), root=True, stdin=text)
        for name, text in texts.items()
    )


def _start_service() -> Command:
    return Command(("systemctl", "start", "docker.service"), root=True)


def _start_daemon(mark: Path, log: Path) -> Command:
    """The engine in a session of its own, so that it outlives the terminal."""
    script = 'echo $$ > "$0"; exec dockerd > "$1" 2>&1 < /dev/null'
    return Command(("setsid", "--fork", "sh", "-c", script, str(mark), str(log)), root=True)


def _standin_debian(archive: str, tar: Path) -> Step:
    excluded = ("path-exclude=/usr/share/man/*", "path-exclude=/usr/share/locale/*")
    documents = ("path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright")
    bootstrap = (
        *("mmdebstrap", "--mode=root", "--variant=minbase", "--include=ca-certificates"),
        *(f"--dpkgopt={option}" for option in (*excluded, *documents)),
        *("trixie", str(tar), archive),
    )
    changes = ("--change", 'CMD ["bash"]', "--change", f"LABEL {images.STANDIN_LABEL}=true")
    commands = (
        Command(bootstrap, root=True),
        Command(("docker", "import", *changes, str(tar), images.DEBIAN)),
        Command(("rm", "--force", str(tar)), root=True),
    )
    return Step("build a Debian base, for no registry answers", commands, room=2 * GIB)


def _standin(name: str, recipe: str, build: Mapping[str, str]) -> Step:
    command = (
        *("docker", "buildx", "build", "--progress", "plain", "--network", "host"),
        *("--build-arg", f"BASE={images.DEBIAN}", "--label", f"{images.RECIPE_LABEL}={recipe}"),
        *secret_options(build),
        *("--target", images.TARGETS[name], "--tag", name, "--load", str(images.RECIPES)),
    )
    return Step(f"build a stand-in for {name}", (Command(command),), room=2 * GIB)


def _removal(kind: str, verb: tuple[str, ...], names: tuple[str, ...]) -> Step | None:
    if not names:
        return None
    return Step(f"remove {kind}: {', '.join(names)}", (Command(("docker", *verb, *names)),))


def _stop_engine(pid: int) -> tuple[Step, ...]:
    if not pid:
        return ()
    gone = Command(("sh", "-c", f"! kill -0 {pid}"), root=True, within=STOP_SECONDS)
    stop = Command(("kill", str(pid)), root=True)
    return (Step("stop the container engine that was started here", (stop, gone)),)


def _remove(what: str, paths: tuple[str, ...]) -> tuple[Step, ...]:
    if not paths:
        return ()
    command = Command(("rm", "--recursive", "--force", *paths), root=True)
    return (Step(f"remove {what}: {', '.join(paths)}", (command,)),)
