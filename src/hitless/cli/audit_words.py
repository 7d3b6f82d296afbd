"""What an audit is asked for, and how a plain one is read without click.

A hook runs it before every commit, and importing click takes as long as all rules together.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMATS = ("text", "json", "sarif", "markdown", "html", "junit", "github", "gcc")
NEVER = "never"
LEVELS = (*(one.value for one in Severity), NEVER)


class Asked(NamedTuple):
    """An audit as it was asked for; see ``hitless audit --help``."""

    path: Path
    form: str = "text"
    language: str = "en"
    fail_on: str = Severity.HIGH.value
    min_score: float | None = None
    exit_zero: bool = False
    baseline: Path | None = None
    revision: str | None = None
    explain_score: bool = False
    persona: str = "regular"
    require: tuple[str, ...] = ()


def plain(words: Sequence[str]) -> Asked | None:
    """What the words after ``audit`` ask for; None for all that click shall read."""
    return _with_options(Asked(Path()), words, has_path=False)


def _with_options(asked: Asked, words: Sequence[str], *, has_path: bool) -> Asked | None:
    match words:
        case ():
            return asked
        case ("--exit-zero", *rest):
            asked = asked._replace(exit_zero=True)
        case ("--format", form, *rest) if form in FORMATS:
            asked = asked._replace(form=form)
        case ("--fail-on", level, *rest) if level in LEVELS:
            asked = asked._replace(fail_on=level)
        case (path, *rest) if not has_path and not path.startswith("-"):
            return _with_options(asked._replace(path=Path(path)), rest, has_path=True)
        case _:
            return None
    return _with_options(asked, rest, has_path=has_path)
