"""Python files as fixes meet them."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.application import backends
from hitless.documents.paths import within
from hitless.fix.attempt import attempt
from hitless.fix.python_edit import PythonEditor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hitless.audit.check import Placed
    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.edit import Edit
    from hitless.fix.step import Step


def by_path(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Each file with findings."""
    for path in dict.fromkeys(one.place.path for one in findings):
        yield path, [one for one in findings if one.place.path == path]


def edited(
    repository: Repository, at: Placed, path: str, make: Callable[[PythonEditor], None]
) -> Step:
    """The edits that a function makes in a Python file, proved."""
    return attempt(at, lambda: edits(repository, path, make))


def edits(repository: Repository, path: str, make: Callable[[PythonEditor], None]) -> list[Edit]:
    """The same for a fix that changes other files, too.

    Raises:
        RefusedError: when it cannot be done.
    """
    editor = PythonEditor(repository.text(path), path)
    make(editor)
    return editor.proved()


def module_of(repository: Repository, path: str) -> str:
    """The name by which a file's neighbours import it."""
    contexts = [service.build()[0] for service in backends(repository)]
    homes = [context for context in contexts if within(path, context)]
    home = max(homes, key=len, default="")
    name = posixpath.relpath(path, home or ".").removesuffix(".py")
    name = re.sub(r"^src/", "", name).removesuffix("/__init__")
    return name.replace("/", ".")
