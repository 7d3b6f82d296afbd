"""Collects edits of one text, for the editors that then prove them."""

from __future__ import annotations

from hitless.fix.edit import Edit, RefusedError, spliced


class TextEditor:
    """Edits of one file, all by offsets of the text as it is.

    Args:
        text: The file's text.
        path: The file.
    """

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.edits: list[Edit] = []
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in place of another; its line breaks become those of the file."""
        made = text.replace("\n", self._newline)
        if made != self.text[start:end]:
            self.edits.append(Edit(self.path, start, end, made))

    def insert(self, at: int, text: str) -> None:
        """Put a text between two others."""
        self.replace(at, at, text)

    def insert_lines(self, at: int, lines: str) -> None:
        """Put whole lines where a line begins, or at the end of the file."""
        broken = at == 0 or self.text[at - 1] == "\n"
        self.insert(at, lines if broken else f"\n{lines.removesuffix(chr(10))}")

    def line_start(self, at: int) -> int:
        """Where the line of an offset begins."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Where the line after the one of an offset begins."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1

    def indent(self, at: int) -> str:
        """The white space at the beginning of an offset's line."""
        line = self.text[self.line_start(at) : at]
        return line[: len(line) - len(line.lstrip())]

    def result(self) -> str:
        """The text with all edits made.

        Raises:
            RefusedError: when two of them overlap, or there is none.
        """
        if not self.edits:
            raise RefusedError(f"there is nothing to change in {self.path}")
        return spliced(self.text, self.edits)

    def is_touched(self, start: int, end: int) -> bool:
        """An edit lies in this span; one at its very edge does not."""
        return any(
            (one.start < end and one.end > start)
            if one.start < one.end
            else start < one.start < end
            for one in self.edits
        )

    def moved(self, at: int) -> int:
        """Where the character of an offset that no edit takes away stands afterwards."""
        return at + sum(
            len(one.text) - (one.end - one.start) for one in self.edits if one.end <= at
        )
