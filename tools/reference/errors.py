"""The page of errors, from the tree in hitless.domain.errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import standards
from hitless.cli import conventions
from hitless.domain import errors
from hitless.domain.errors import HitlessError
from tools.reference.text import block, document, first_paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

INTRODUCTION = """\
An error names the object and the value, then the command that helps next:

```text
error[E401]: nothing was deployed from /srv/shop
hint: deploy with "hitless deploy"
```

Errors go to standard error. Lines between the two, indented, are details: all mistakes of a
file at once, or the end of a container's log."""

STATUSES: tuple[tuple[int, str], ...] = (
    (0, "Done."),
    (
        1,
        (
            "An expected error; what served before serves on. `doctor` uses it for a failed check, "
            "`audit` for findings."
        ),
    ),
    (
        errors.UsageError.exit_status,
        "The command, `hitless.yaml` or the Compose files cannot be used.",
    ),
    (conventions.BUG_EXIT, "A bug in Hitless. The report to send is in the file that is named."),
    (standards.SCORE_EXIT, "`audit`: the score is below `--min-score`."),
    (standards.SCANNER_EXIT, "`audit`: a scanner asked for with `--require` did not run."),
    (errors.DeployFailed.exit_status, "The deploy failed; the previous release kept the traffic."),
    (errors.TrafficBad.exit_status, "Rolled back by itself after the cutover."),
    (errors.HumanNeeded.exit_status, "A human is needed; the exact command is printed."),
    (
        errors.Locked.exit_status,
        "Not now: another process changes this service, deploys are frozen, or a newer one waits.",
    ),
    (errors.Interrupted.exit_status, "Interrupted; everything begun was undone."),
)
EXCEPTION = """\
Every error that ends a deploy before its cutover makes the exit status 20, whatever its own
is, because a script has to know one thing first: the previous release serves. After the
cutover the same errors make it 21."""


def page() -> str:
    """The whole page."""
    return document(
        "Errors and exit statuses",
        INTRODUCTION,
        "## Exit statuses\n\n"
        + table(("Status", "Meaning"), ((str(s), m) for s, m in STATUSES))
        + f"\n\n{EXCEPTION}",
        "## Codes\n\n" + table(("Code", "Name", "Exit", "Meaning"), _rows()),
        "## The tree\n\n" + block(_tree()),
    )


def classes(base: type[HitlessError] = HitlessError) -> Iterator[type[HitlessError]]:
    """Every error class, parents before children."""
    yield base
    for child in base.__subclasses__():
        yield from classes(child)


def _rows() -> Iterator[tuple[str, str, str, str]]:
    for one in sorted(classes(), key=lambda c: (c.code, c.__name__)):
        if one is not HitlessError:
            yield f"`{one.code}`", one.__name__, str(one.exit_status), first_paragraph(one)


def _tree() -> str:
    text = errors.__doc__ or ""
    lines = [line for line in text.splitlines() if line.startswith("    ")]
    return "\n".join(line[4:] for line in lines)
