"""Looks at the machine and writes down what it sees; changes nothing, decides nothing."""

import hashlib
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from environment import apt, images, shell

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".environment"  # not .cache: the documentation's builder empties that one
VENV = ROOT / ".venv"
VENV_MARK = VENV / "hitless-inputs"
ENGINE_MARK = WORK / "engine-pid"
ENGINE_DATA = Path("/var/lib/docker")
REGISTRY_SECONDS = 8.0
TOOLS: Mapping[str, str] = {
    "chromium": "chromium",
    "h2load": "nghttp2-client",
    "mmdebstrap": "mmdebstrap",
    "sshd": "openssh-server",
    "wrk": "wrk",
}
SYSTEM_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"


class Rights(Enum):
    """How a command can get root's rights here."""

    ROOT = "root"
    SUDO = "sudo"
    NONE = "none"


class Engine(Enum):
    """What became of asking the container engine for its version."""

    RUNNING = "running"
    STOPPED = "installed, not running"
    DENIED = "running, but this user may not talk to it"
    ABSENT = "not installed"


@dataclass(frozen=True, slots=True)
class Host:
    """The machine: system, rights, engine, tools."""

    debian: int  # Debian's major version; 0 on every other system
    rights: Rights
    systemd: bool
    archive: str | None  # base address of the host's own Debian archive
    engine: Engine
    engine_version: str
    compose: str  # version of the Compose plugin, empty when there is none
    buildx: str
    debian_engine: bool  # Debian's own docker.io package is installed
    remote_engine: str  # DOCKER_HOST, when the user points at another engine
    tools: frozenset[str]
    ensurepip: bool
    free_bytes: int  # where images and packages go


@dataclass(frozen=True, slots=True)
class Venv:
    """The Python environment in .venv against the inputs it should be made from."""

    exists: bool
    same_python: bool
    current: bool
    inputs: str  # hash of lock file, pyproject.toml and interpreter


def host() -> Host:
    """Observe the machine."""
    release = platform.freedesktop_os_release() if Path("/etc/os-release").exists() else {}
    state, version = engine()
    return Host(
        debian=_debian_version(release),
        rights=_rights(),
        systemd=Path("/run/systemd/system").is_dir(),
        archive=apt.archive_address(_apt_files(), release.get("VERSION_CODENAME", "")),
        engine=state,
        engine_version=version,
        compose=shell.output("docker", "compose", "version", "--short") or "",
        buildx=_buildx_version(),
        debian_engine=shell.output("dpkg-query", "--show", "docker.io") is not None,
        remote_engine=os.environ.get("DOCKER_HOST", ""),
        tools=frozenset(name for name in TOOLS if shutil.which(name, path=SYSTEM_PATH)),
        ensurepip=importlib.util.find_spec("ensurepip") is not None,
        free_bytes=_free_bytes(ENGINE_DATA),
    )


def engine() -> tuple[Engine, str]:
    """Ask the container engine how it is, and for its version."""
    asked = ("docker", "version", "--format", "{{.Server.Version}}")
    if version := shell.output(*asked):
        return Engine.RUNNING, version
    if "permission denied" in (shell.complaint(*asked) or ""):
        return Engine.DENIED, ""
    installed = shutil.which("dockerd", path=SYSTEM_PATH) is not None
    return (Engine.STOPPED if installed else Engine.ABSENT), ""


def our_engine() -> int:
    """Process id of the engine we started, if that very process still runs; else 0."""
    try:
        pid = int(ENGINE_MARK.read_text(encoding="utf-8"))
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return 0
    return pid if name == "dockerd" else 0


def base_images() -> images.Images:
    """Observe the engine's images."""
    inspected = {
        name: shell.output("docker", "image", "inspect", name)
        for name in (*images.TARGETS, images.DEBIAN)
    }
    joined = ",".join(text[1:-1] for text in inspected.values() if text)
    present = images.presences(f"[{joined}]", images.recipe())
    return images.Images(present, debian=bool(inspected[images.DEBIAN]))


def registry_answers(image: str) -> bool:
    """Whether a container registry knows the image, asked once, with a short time-out."""
    answer = shell.output("docker", "manifest", "inspect", image, seconds=REGISTRY_SECONDS)
    return answer is not None


def venv() -> Venv:
    """Observe the Python environment."""
    digest = hashlib.sha256(f"{sys.base_prefix} {sys.version_info[:2]}".encode())
    for name in ("requirements/dev.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    inputs = digest.hexdigest()[:16]
    config = VENV / "pyvenv.cfg"
    made_by = f"home = {Path(sys.base_prefix) / 'bin'}\n"
    return Venv(
        exists=config.exists(),
        same_python=config.exists() and made_by in config.read_text(encoding="utf-8"),
        current=VENV_MARK.exists() and VENV_MARK.read_text(encoding="utf-8") == inputs,
        inputs=inputs,
    )


def _buildx_version() -> str:
    words = (shell.output("docker", "buildx", "version") or "").split()
    return words[1] if len(words) > 1 else ""


def _debian_version(release: Mapping[str, str]) -> int:
    version = release.get("VERSION_ID", "")
    return int(version) if release.get("ID") == "debian" and version.isdigit() else 0


def _rights() -> Rights:
    if os.geteuid() == 0:
        return Rights.ROOT
    return Rights.SUDO if shutil.which("sudo", path=SYSTEM_PATH) else Rights.NONE


def _apt_files() -> dict[str, str]:
    folders = {"/etc/apt": "sources.list", "/etc/apt/sources.list.d": "*", "/etc/apt/mirrors": "*"}
    return {
        str(path): path.read_text(encoding="utf-8", errors="replace")
        for folder, pattern in folders.items()
        for path in Path(folder).glob(pattern)
        if path.is_file() and str(path) != apt.SOURCE_FILE and os.access(path, os.R_OK)
    }


def _free_bytes(folder: Path) -> int:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free
