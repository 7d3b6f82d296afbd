"""The composition root of the audit.

Apart from :mod:`hitless.app`, so that a look at files does not load the engine's client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.adapters.repository_files import CommitFiles, DirectoryFiles
from hitless.audit.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hitless.adapters.repository_writer import DirectoryTree
    from hitless.domain.ports import Files, Scanners
    from hitless.domain.proof import Proof
    from hitless.fix.verify.bench import Attempt, Bench


def working_tree(root: Path) -> Repository:
    """The repository as it is."""
    return Repository(DirectoryFiles(root))


def files(root: Path) -> Files:
    """The files of the working tree, for who changes some of them in memory."""
    return DirectoryFiles(root)


def tree(root: Path) -> DirectoryTree:
    """The working tree, for who writes to it."""
    from hitless.adapters.repository_writer import DirectoryTree  # noqa: PLC0415  # fixes only

    return DirectoryTree(root)


def bare_tree(root: Path) -> Repository:
    """The repository as it is without what ``hitless init`` writes."""
    from hitless.scaffold.files import BareFiles  # noqa: PLC0415  # an audit needs none of it
    from hitless.scaffold.write import OVERLAY  # noqa: PLC0415

    return Repository(BareFiles(DirectoryFiles(root), frozenset(("hitless.yaml", OVERLAY))))


def at_commit(root: Path, revision: str) -> Repository:
    """The repository as it was."""
    return Repository(CommitFiles(root, revision))


def scanners(root: Path) -> Scanners:
    """Other programs on this machine."""
    from hitless.adapters.scanners import PathScanners  # noqa: PLC0415  # most machines have none

    return PathScanners(root)


def proofs(
    root: Path,
    watch: Callable[[Attempt], AbstractContextManager[None]],
    answer: Callable[[str], None],
    *,
    run_checks: bool,
) -> list[Proof]:
    """Prove on this machine what can be proved of the working tree, in a copy of it.

    Args:
        root: The repository; nothing is written to it.
        watch: A block around each attempt.
        answer: Told what a signal is answered with.
        run_checks: Run the commands of workflows, too.
    """
    from hitless.adapters.host import LocalHost  # noqa: PLC0415  # proofs only, all of these
    from hitless.adapters.interrupts import SignalInterrupts  # noqa: PLC0415
    from hitless.adapters.scratch import scratch, sweep  # noqa: PLC0415
    from hitless.fix.verify.owner import is_dead, name_of  # noqa: PLC0415
    from hitless.fix.verify.verify import verify  # noqa: PLC0415

    interrupts, host = SignalInterrupts(answer), LocalHost()
    interrupts.install()

    def dead(name: str) -> bool:
        return is_dead(name, host)

    sweep(dead)
    name = name_of(host.process())
    with scratch(name) as directory:
        return verify(_bench(root, directory, name, run_checks=run_checks), watch, dead, interrupts)


def _bench(root: Path, directory: Path, name: str, *, run_checks: bool) -> Bench:
    """A copy of the repository, with env files that this machine or an example has."""
    from hitless.adapters.programs import ShellPrograms  # noqa: PLC0415  # proofs only
    from hitless.adapters.scratch import copy  # noqa: PLC0415
    from hitless.documents import env_file  # noqa: PLC0415
    from hitless.domain.secrets import secret_values  # noqa: PLC0415
    from hitless.fix.verify.bench import Bench  # noqa: PLC0415
    from hitless.fix.verify.stand_ins import stand_ins  # noqa: PLC0415

    here, there, aside = working_tree(root), directory / "tree", directory / "aside"
    there.mkdir()
    aside.mkdir()
    copy(root, here.paths, there)
    added = stand_ins(here, files(root))
    tree(there).write({path: (None, text) for path, text in added.items()})
    hide = {
        value
        for path, text in added.items()
        for value in secret_values(env_file.values(env_file.parse(text, path)))
    }
    return Bench(
        working_tree(there),
        there,
        aside,
        ShellPrograms(),
        tree(aside),
        name,
        hide,
        tuple(sorted(added)),
        run_checks,
    )
