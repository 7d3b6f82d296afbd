"""The Task Tracker's releases as source trees.

v1.2.0 is the tracked tree itself; each later release is a folder of patches beside this file, one
for the backend and one for the dashboard, applied one release after the other. A bad release, with
a second part in its name, is a change of one of them, and no other release is built on it.

    python3 releases/materialise.py v1.3.0 /tmp/v130         write the tree of a release
    python3 releases/materialise.py --save v1.3.0 /tmp/v130  write its patches from an edited tree
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

STACK = Path(__file__).resolve().parents[1]
RELEASES = Path(__file__).resolve().parent
BASE = "v1.2.0"
NOT_RELEASED = {"tests", "releases", "demo"}
"""Folders of the stack that are about its releases, not part of one."""

BAD_ON = "v1.3.0"
"""The release that every bad one is a change of."""

KEPT = {".git", ".hitless"}
BY_PRODUCTS = ("__pycache__", ".*_cache", "node_modules", "dist", *sorted(KEPT))
PATH_IN_REPOSITORY = "stacks/task-tracker"
PARTS = {
    "backend": (".", ":(exclude)dashboard"),
    "dashboard": ("dashboard",),
}
_COMMITTER = ("-c", "user.name=releases", "-c", "user.email=releases@localhost")


class UnknownReleaseError(Exception):
    """There are no patches for a release of this name."""


class BrokenPatchError(Exception):
    """A patch does not fit the tree it is for; the text says which lines."""


def releases() -> tuple[str, ...]:
    """Return every release, oldest first, and the bad ones behind all others."""
    found = sorted(folder.name for folder in RELEASES.glob("v*") if folder.is_dir())
    return (BASE, *sorted(found, key=_is_bad))


def _is_bad(version: str) -> bool:
    return "-" in version


def _patched(version: str) -> tuple[str, ...]:
    """Return the releases whose patches make this one, oldest first."""
    good = [release for release in releases()[1:] if not _is_bad(release)]
    if version == BASE:
        return ()
    last = BAD_ON if _is_bad(version) else version
    return (*good[: good.index(last) + 1], *([version] if _is_bad(version) else []))


def materialise(version: str, destination: Path) -> None:
    """Write the source tree of a release, in place of another release's if one is there.

    A repository around it (`.git`) and a deploy tool's state (`.hitless`) stay.

    Raises:
        UnknownReleaseError: there is no release of this name.
        BrokenPatchError: a patch does not apply.
        FileExistsError: the folder holds something that is no release.
    """
    if version not in releases():
        raise UnknownReleaseError(f"no release {version}; there are: {', '.join(releases())}")
    _make_room(destination)
    for name in _released_files():
        target = destination / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(STACK / name, target)
    for release in _patched(version):
        for patch in sorted((RELEASES / release).glob("*.patch")):
            _apply(patch, destination.resolve())


def save(version: str, edited: Path, into: Path = RELEASES) -> None:
    """Write the patches of a release anew, from its edited tree.

    Raises:
        UnknownReleaseError: the release before this one cannot be found.
    """
    if version == BASE:
        raise UnknownReleaseError(f"{BASE} is the tracked tree itself: edit it in place")
    earlier = BAD_ON if _is_bad(version) else _before(version)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / PATH_IN_REPOSITORY
        materialise(earlier, tree)
        _git(Path(folder), "init", "--quiet")
        _git(Path(folder), "add", "--all")
        _git(Path(folder), *_COMMITTER, "commit", "--quiet", "--message", earlier)
        shutil.rmtree(tree)
        shutil.copytree(edited, tree, ignore=shutil.ignore_patterns(*BY_PRODUCTS))
        _git(Path(folder), "add", "--all")
        (into / version).mkdir(exist_ok=True)
        for part, paths in PARTS.items():
            difference = _git(tree, "diff", "--cached", "--no-renames", "--", *paths)
            if difference:
                (into / version / f"{part}.patch").write_text(difference, encoding="utf-8")


def _make_room(destination: Path) -> None:
    found = {entry.name for entry in destination.iterdir()} if destination.exists() else set()
    if found - KEPT and "VERSION" not in found:
        raise FileExistsError(f"{destination} holds something else than a release")
    for name in found - KEPT:
        entry = destination / name
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _before(version: str) -> str:
    good = (release for release in releases() if not _is_bad(release))
    return [release for release in good if _number(release) < _number(version)][-1]


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.removeprefix("v").split("."))


def _released_files() -> list[Path]:
    listed = _git(STACK, "ls-files", "-z", "--cached")
    names = [Path(name) for name in listed.split("\0") if name]
    return [
        name for name in names if name.parts[0] not in NOT_RELEASED and (STACK / name).is_file()
    ]


def _apply(patch: Path, tree: Path) -> None:
    strip = 1 + len(Path(PATH_IN_REPOSITORY).parts)
    # The ceiling hides a repository around the tree: inside one, git would skip foreign paths.
    try:
        _git(tree, "apply", f"-p{strip}", str(patch), GIT_CEILING_DIRECTORIES=str(tree.parent))
    except subprocess.CalledProcessError as error:
        raise BrokenPatchError(f"{patch.parent.name}/{patch.name}: {error.stderr}") from error


def _git(folder: Path, *arguments: str, **variables: str) -> str:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=inherited | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description="Releases of the Task Tracker as source trees.")
    parser.add_argument("--save", action="store_true", help="write the patches from the folder")
    parser.add_argument("version", help=f"one of {', '.join(releases())}, or a new one to save")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    try:
        (save if options.save else materialise)(options.version, options.folder)
    except (UnknownReleaseError, BrokenPatchError, FileExistsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
