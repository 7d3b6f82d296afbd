"""Edits nginx files by directive; layout, comments and all other directives stay as they are."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from hitless.documents import nginx
from hitless.domain.errors import DocumentInvalid
from hitless.fix.edit import RefusedError
from hitless.fix.text_editor import TextEditor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.documents.nginx import Directive
    from hitless.fix.edit import Edit


class NginxEditor(TextEditor):
    """Edits of one nginx file.

    Args:
        text: The file's text.
        root: The same text, read.
    """

    def __init__(self, text: str, root: Directive) -> None:
        super().__init__(text, root.path)
        self._root = root

    def first_in(self, block: Directive, *lines: str) -> None:
        """Put directives at the top of a block, below what it listens to, or of the file."""
        if not block.name:
            self.insert(0, "".join(f"{line}\n" for line in lines))
            return
        heads = list(
            takewhile(lambda one: one.name in ("listen", "server_name"), block.block or ())
        )
        self._within(block, heads[-1].end if heads else block.inside, lines)

    def before(self, one: Directive, *lines: str) -> None:
        """Put directives above one, in the same block."""
        indent = self.indent(one.start)
        if self.text[self.line_start(one.start) : one.start].strip():  # all on one line
            self.insert(one.start, "".join(f"{line} " for line in lines))
        else:
            self.insert(one.start, "".join(f"{line}\n{indent}" for line in lines))

    def rewrite(self, one: Directive, text: str) -> None:
        """Another directive in the place of one; ``text`` ends with its semicolon."""
        self.replace(one.start, one.end, text)

    def remove(self, one: Directive) -> None:
        """Take a directive away, with its lines and an empty one below when it has them alone."""
        start, end = self.line_start(one.start), self.line_end(one.end)
        alone = not (self.text[start : one.start] + self.text[one.end : end]).strip()
        if not alone:
            self.replace(one.start, one.end, "")
            return
        after = self.line_end(end)
        blank = end < len(self.text) and not self.text[end:after].strip()
        self.replace(start, after if blank else end, "")

    def proved(self) -> list[Edit]:
        """The edits.

        Raises:
            RefusedError: when another directive would be another.
        """
        try:
            made = nginx.parse(self.result(), self.path)
        except DocumentInvalid as error:
            raise RefusedError(f"{self.path} would not be readable: {error.message}") from error
        now = {one.start: _meaning(one) for one in _walked(made)}
        for one in _walked(self._root):
            head = one.inside or one.end
            kept = not self.is_touched(one.start, head) and not self._is_gone(one)
            if kept and now.get(self.moved(one.start)) != _meaning(one):
                raise RefusedError(f"{self.path} cannot be changed without touching more of it")
        return self.edits

    def _is_gone(self, one: Directive) -> bool:
        return any(e.start <= one.start and one.end <= e.end for e in self.edits)

    def _within(self, block: Directive, at: int, lines: tuple[str, ...]) -> None:
        rest = self.text[at : self.line_end(at)].strip()
        if rest and not rest.startswith("#"):  # the block goes on in this line
            self.insert(at, "".join(f" {line}" for line in lines))
            return
        inner = block.block[0] if block.block else None
        own = self.indent(block.start)
        indent = self.indent(inner.start) if inner is not None else f"{own}    "
        self.insert_lines(
            self.line_end(at), "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
        )


def _walked(block: Directive) -> Iterator[Directive]:
    for one in block.block or ():
        yield one
        yield from _walked(one)


def _meaning(one: Directive) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    """What a directive says and in which blocks; not what stands in its own block."""
    above = tuple(" ".join([level.name, *level.args]) for level in one.above())
    return one.name, tuple(one.args), above, one.block is not None
