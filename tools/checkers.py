"""Other people's checkers for generated files, in .environment/tools: ``python -m tools.checkers``.

actionlint is built with Go, promtool and amtool are unpacked from Debian's packages. ``make test``
asks for them; where there is no Go, or no apt, their tests are listed as not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOOLS = Path(__file__).parents[1] / ".environment/tools"
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
# Programs, and the packages of Debian that hold them.
UNPACKED = {"promtool": "prometheus", "amtool": "prometheus-alertmanager"}
SECONDS = 300.0
MODULE = "golang.org/x/vuln@latest"  # what is asked for to see whether any comes
ASKED_SECONDS = 30.0


def find(name: str) -> str | None:
    """Where a checker is: unpacked here, or on PATH."""
    return shutil.which(name, path=f"{TOOLS}{os.pathsep}{os.environ.get('PATH', '')}")


def modules_come() -> bool:
    """Modules of Go can be fetched here, whatever was fetched before."""
    if shutil.which("go") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "GOMODCACHE": folder, "GOFLAGS": "-modcacherw"}
        command = ("go", "list", "-m", MODULE)
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=env,
                capture_output=True,
                check=False,
                timeout=ASKED_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0


def main() -> int:
    """Get what this machine lacks, and say what it could not have."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    if find("actionlint") is None and shutil.which("go"):
        _run("go", "install", ACTIONLINT, GOBIN=str(TOOLS))
    for program, package in UNPACKED.items():
        if find(program) is None and shutil.which("apt-get"):
            _unpack(program, package)
    lacking = [name for name in ("actionlint", *UNPACKED) if find(name) is None]
    for name in lacking:
        print(f"not here: {name}", file=sys.stderr)
    return 1 if lacking else 0


def _unpack(program: str, package: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # apt downloads as a user of its own, who has to get in.
        Path(folder).chmod(0o755)
        _run("apt-get", "download", package, cwd=folder)
        for file in Path(folder).glob("*.deb"):
            _run("dpkg-deb", "--extract", str(file), folder)
        found = Path(folder, "usr/bin", program)
        if found.is_file():
            shutil.copy2(found, TOOLS / program)


def _run(*command: str, cwd: str | None = None, **environment: str) -> None:
    variables = {**os.environ, **environment}
    try:
        subprocess.run(command, cwd=cwd, env=variables, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        print(f"{' '.join(command)} took more than {SECONDS:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
