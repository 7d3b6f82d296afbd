"""The page of steps, from their own docstrings and the two scripts."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from hitless.deploy.script import Script
from hitless.deploy.steps.keep_assets import KeepAssets
from hitless.deploy.steps.shift import Shift
from hitless.deploy.story import script
from hitless.domain.journal import Kind
from tools.reference.text import document, table

if TYPE_CHECKING:
    from collections.abc import Iterator


INTRODUCTION = """\
A deploy and a rollback are lists of steps. Each step is written to the journal before it
acts and after it has acted. When one fails, when you press Ctrl-C, or when the process is
killed and `hitless recover` runs, the steps that had begun are undone, newest first, as long
as the commit point has not been reached. From the commit point on, the only way is forward.
[Why](../why/journal.md) this is so has a page of its own."""

SHIFTS = """\
## With a canary

With `strategy.canary` a deploy has one step more for each share, right before **cutover**;
here for `steps: [5, 25, 50]`. See [canaries](../howto/canary.md)."""


KEEP = """\
## With assets

With `asset_path` on a route there is one step more, right after **smoke gate**. See
[assets](../howto/assets.md)."""


def page() -> str:
    """The whole page."""
    sections = (_section(f"A {kind}", script(kind)) for kind in Kind)
    return document("Steps", INTRODUCTION, *sections, _added())


def _added() -> str:
    shifts, keep = (
        table(("Step", "Promise", "Undo"), _rows(Script(steps, "")))
        for steps in ((Shift(5), Shift(25), Shift(50)), (KeepAssets(),))
    )
    return f"{SHIFTS}\n\n{shifts}\n\n{KEEP}\n\n{keep}"


def _section(title: str, story: Script) -> str:
    text = f"## {title}\n\nCommit point: **{story.commit}**."
    if story.behind:
        behind = " and ".join(f"**{name}**" for name in story.behind)
        text += f" The command returns before {behind}, unless you say `--wait`."
    return f"{text}\n\n{table(('Step', 'Promise', 'Undo'), _rows(story))}"


def _rows(story: Script) -> Iterator[tuple[str, str, str]]:
    for step in story.steps:
        promise, _, undo = (inspect.getdoc(step) or "").partition("\n\n")
        yield step.name, " ".join(promise.split()), " ".join(undo.partition("\n\n")[0].split())
