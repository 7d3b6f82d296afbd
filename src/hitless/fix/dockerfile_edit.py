"""Edits Dockerfiles by instruction; everything else stays as it is, byte for byte.

Afterwards the file is read again: each instruction that was not meant has to be there, as it
was and where it has moved to, or nothing is changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.documents import dockerfile
from hitless.domain.errors import DocumentInvalid
from hitless.fix.edit import RefusedError
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from hitless.documents.dockerfile import Instruction
    from hitless.fix.edit import Edit

Meaning = tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]]


class DockerfileEditor(TextEditor):
    """Edits of one Dockerfile.

    Args:
        text: The file's text.
        path: The file.
    """

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        self._before = dockerfile.parse(text, path).instructions
        self._added = 0

    def add_flag(self, one: Instruction, flag: str) -> None:
        """Give an instruction a flag such as ``--chown=app``, before its others."""
        at = self._keyword(one).end()
        self.insert(at, f" {flag}")

    def substitute(self, one: Instruction, pattern: str, text: str) -> None:
        """Put a text in place of the first match of a pattern in an instruction.

        Raises:
            RefusedError: when it is not written there as it is read, over two lines for example.
        """
        found = re.search(pattern, self.text[one.start : one.end])
        if found is None:
            raise RefusedError(f"line {one.line} of {self.path} is written in an unusual way")
        self.replace(one.start + found.start(), one.start + found.end(), found.expand(text))

    def extend(self, one: Instruction, text: str) -> None:
        """Put a text at the end of an instruction's last line.

        Raises:
            RefusedError: when a heredoc or a comment stands there.
        """
        end = self._content_end(one)
        last = self.text[end - 1]  # replaced with itself, so that the edit lies in the instruction
        if one.heredocs or self._last_line(one).lstrip().startswith("#"):
            raise RefusedError(f"line {one.line} of {self.path} ends in a heredoc or a comment")
        self.replace(end - 1, end, f"{last}{text}")

    def rewrite(self, one: Instruction, text: str) -> None:
        """Another instruction in the place of one.

        Raises:
            RefusedError: when comments stand between its lines, for they would be lost.
        """
        self._refuse_comments(one)
        self.replace(one.start + len(self._lead(one)), self._content_end(one), text)

    def remove(self, one: Instruction) -> None:
        """Take an instruction away with its line break.

        Raises:
            RefusedError: when comments stand between its lines, for they would be lost.
        """
        self._refuse_comments(one)
        self.replace(one.start, one.end, "")

    def before(self, one: Instruction, *instructions: str) -> None:
        """Put instructions above one, or comments."""
        self._added += sum(not text.startswith("#") for text in instructions)
        lines = (f"{self._lead(one)}{text}\n" for text in instructions)
        self.insert_lines(one.start, "".join(lines))

    def after(self, one: Instruction, *instructions: str) -> None:
        """Put instructions below one, or comments."""
        self._added += sum(not text.startswith("#") for text in instructions)
        lines = (f"{self._lead(one)}{text}\n" for text in instructions)
        self.insert_lines(one.end, "".join(lines))

    def proved(self) -> list[Edit]:
        """The edits.

        Raises:
            RefusedError: when they would change another instruction.
        """
        try:
            made = dockerfile.parse(self.result(), self.path).instructions
        except DocumentInvalid as error:
            raise RefusedError(f"{self.path} would not be readable: {error.message}") from error
        kept = [one for one in self._before if not self.is_touched(one.start, one.end)]
        now = {one.start: _meaning(one) for one in made}
        same = all(now.get(self.moved(one.start)) == _meaning(one) for one in kept)
        gone = sum(self._is_gone(one) for one in self._before)
        if not same or len(made) != len(self._before) - gone + self._added:
            raise RefusedError(f"{self.path} cannot be changed without touching more of it")
        return self.edits

    def _is_gone(self, one: Instruction) -> bool:
        span = (one.start, one.end)
        return any((e.start, e.end) == span and not e.text for e in self.edits)

    def _refuse_comments(self, one: Instruction) -> None:
        lines = self.text[one.start : one.end].splitlines()[1:]
        if not one.heredocs and any(line.lstrip().startswith("#") for line in lines):
            raise RefusedError(f"line {one.line} of {self.path} has comments between its parts")

    def _keyword(self, one: Instruction) -> re.Match[str]:
        found = re.compile(r"\s*[A-Za-z]+").match(self.text, one.start, one.end)
        if found is None:
            raise RefusedError(f"line {one.line} of {self.path} is written in an unusual way")
        return found

    def _lead(self, one: Instruction) -> str:
        raw = self.text[one.start : one.end]
        return raw[: len(raw) - len(raw.lstrip())]

    def _content_end(self, one: Instruction) -> int:
        return one.start + len(self.text[one.start : one.end].rstrip())

    def _last_line(self, one: Instruction) -> str:
        return self.text[one.start : one.end].rstrip().splitlines()[-1]


def _meaning(one: Instruction) -> Meaning:
    flags = tuple((name, tuple(values)) for name, values in one.flags.items())
    return one.keyword, one.text, flags, tuple(one.heredocs)
