"""A real API server of Kubernetes, to hold exported manifests against; for tests alone.

Nobody needs it to use Hitless, and ``make test`` does not ask for it: what needs it is then
listed as not run. Make it with ``python -m tools.kubernetes`` where Go is on PATH.
"""

from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".environment/tools/kubernetes"  # "make site" empties .cache
BUILT = ("kube-apiserver", "kubectl")
PROGRAMS = (*BUILT, "etcd")
VERSION = "v1.36.3"  # as in go.mod


def program(name: str) -> Path:
    """Where one of them lies when it was made."""
    return FOLDER / name


def is_made() -> bool:
    """All of them are here."""
    return all(program(name).is_file() for name in PROGRAMS)
