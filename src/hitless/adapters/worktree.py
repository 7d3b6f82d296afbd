"""Another revision of the repository, checked out beside it by git."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from hitless.domain.errors import CommandFailed, HitlessError, ToolMissing, UsageError

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 300.0


class GitWorktrees:
    """Implements :class:`hitless.domain.ports.Checkouts` with ``git worktree``."""

    def add(self, directory: Path, revision: str, into: Path) -> Path:
        """Check a revision out into a new directory; returns what ``directory`` is in there."""
        found = _git(directory, "rev-parse", "--show-prefix")
        if found.returncode:
            raise UsageError(
                f"{directory} is in no git repository, so it has no revision {revision!r}",
                'deploy a release first, then "hitless rehearse" begins with the one that serves',
            )
        commit = _commit(directory, revision)
        # The commands of a repository's own, its hooks, are not ours to run here.
        words = ("-c", "core.hooksPath=/dev/null", "worktree", "add", "--force", "--detach")
        made = _git(directory, *words, str(into), commit)
        if made.returncode:
            tail = tuple(made.stderr.strip().splitlines()[-10:])
            raise CommandFailed(f"git cannot check {revision!r} out into {into}", "", tail)
        return into / found.stdout.strip()

    def remove(self, directory: Path, into: Path) -> None:
        """Remove such a directory, also half of one; no effect when it is gone."""
        # Only this one: pruning would also forget those on a disk that is away just now. What
        # stays registered when git cannot do it is harmless, and git forgets it by itself.
        with suppress(HitlessError):
            _git(directory, "worktree", "remove", "--force", "--force", str(into))
        shutil.rmtree(into, ignore_errors=True)


def _commit(directory: Path, revision: str) -> str:
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = _git(directory, *words)
    if found.returncode:
        raise UsageError(
            f"the repository has no revision {revision!r}",
            'see which it has with "git log --oneline"; a shallow clone gets more with '
            '"git fetch --unshallow --tags"',
        )
    return found.stdout.strip()


def _git(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ("git", *words),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise ToolMissing("program 'git' is not installed", "install it, or leave --from") from None
    except (subprocess.TimeoutExpired, ValueError) as error:  # or a name that holds a null
        raise CommandFailed(f"git {words[0]} cannot run: {error}") from error
