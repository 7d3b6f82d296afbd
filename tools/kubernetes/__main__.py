"""Make the API server: ``python -m tools.kubernetes``.

kube-apiserver and kubectl are built from their Go modules, which go.sum pins; etcd, where an API
server keeps its objects, is unpacked from Debian 13's package. About ten minutes on two cores.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.kubernetes import BUILT, FOLDER, VERSION, is_made, program

HERE = Path(__file__).parent
ETCD = "etcd-server/trixie"
NAMED = " ".join(
    f"-X {package}/version.gitVersion={VERSION}"
    for package in ("k8s.io/component-base", "k8s.io/client-go/pkg")
)


def main() -> int:
    """Make what is lacking; the exit status."""
    if is_made():
        print(f"made already: {FOLDER}")
        return 0
    lacking = [name for name in ("go", "apt-get", "dpkg") if shutil.which(name) is None]
    if lacking:
        print(f"error: {', '.join(lacking)} is not installed", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        _build()
        _unpack_etcd()
    except subprocess.CalledProcessError as error:
        print(f"error: {' '.join(map(str, error.cmd))} failed", file=sys.stderr)
        return 1
    print(f"made: {FOLDER}")
    return 0


def _build() -> None:
    """One package at a time and with the least priority: others work on this machine."""
    environ = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-p=1 -trimpath"}
    for name in BUILT:
        print(f"building {name} ...", flush=True)
        made = ("go", "build", "-ldflags", f"-s -w {NAMED}", "-o", str(program(name)))
        package = f"k8s.io/kubernetes/cmd/{name}"
        subprocess.run(("nice", "-n", "19", *made, package), cwd=HERE, env=environ, check=True)


def _unpack_etcd() -> None:
    """From Debian 13's archive; on Debian 12 it is known after ``make environment``."""
    print("unpacking etcd ...", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # As who we are: the user that apt takes otherwise may not write here.
        own = ("-o", "APT::Sandbox::User=root")
        subprocess.run(("apt-get", *own, "download", ETCD), cwd=folder, check=True)
        package = next(Path(folder).glob("etcd-server_*.deb"))
        subprocess.run(("dpkg", "-x", str(package), folder), check=True)
        shutil.copy2(Path(folder) / "usr/bin/etcd", program("etcd"))


if __name__ == "__main__":
    sys.exit(main())
