"""The steps of one fix, put into texts one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.finding import Place
from hitless.fix.edit import Edit, NewFile, RefusedError, spliced
from hitless.fix.overlay import exact
from hitless.fix.step import Refusal, Together
from hitless.fix.yaml_edit import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hitless.domain.ports import Files
    from hitless.fix.step import Action, Step


class Draft:
    """What a fix comes to.

    Args:
        files: The repository as it was given to the fix.

    Attributes:
        texts: The files that become different, whole.
        refusals: What was left out, and why.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._accepted: list[tuple[Action, ...]] = []
        self.texts: dict[str, str] = {}
        self.refusals: list[Refusal] = []

    def take(self, steps: Iterable[Step]) -> None:
        """Make each step, or none of its actions."""
        for step in steps:
            if isinstance(step, Refusal):
                self.refusals.append(step)
                continue
            actions = step.actions if isinstance(step, Together) else (step,)
            place = step.place if isinstance(step, Together) else Place(step.path, 1)
            try:
                self._make(actions)
            except RefusedError as error:
                self.refusals.append(Refusal(place, str(error)))

    def _make(self, actions: tuple[Action, ...]) -> None:
        if any(isinstance(one, Edit) for one in actions):  # their offsets are of the first text
            texts = self._made({}, [*self._accepted, actions])
        else:
            texts = self._made(self.texts, [actions])
        self.texts = texts
        self._accepted.append(actions)

    def _made(self, texts: dict[str, str], steps: Sequence[tuple[Action, ...]]) -> dict[str, str]:
        made = dict(texts)
        actions = [one for step in steps for one in step]
        edits = [one for one in actions if isinstance(one, Edit)]
        for path in sorted({one.path for one in edits}):
            made[path] = spliced(exact(self._files, path), [e for e in edits if e.path == path])
        for one in actions:
            if isinstance(one, NewFile):
                made[one.path] = self._new(one, made)
            elif not isinstance(one, Edit):
                made[one.path] = changed(self._text(one.path, made), one)
        return made

    def _text(self, path: str, made: dict[str, str]) -> str:
        return made[path] if path in made else exact(self._files, path)

    def _new(self, file: NewFile, made: dict[str, str]) -> str:
        there = file.path in made or file.path in self._files.paths()
        if there and not file.replace:
            raise RefusedError(f"{file.path} is there already")
        if file.path.startswith(("/", "../")) or "/../" in file.path:
            raise RefusedError(f"{file.path} lies outside of the repository")
        return file.text
