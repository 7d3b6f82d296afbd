"""Many texts as one, in which most words are looked for in vain."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BETWEEN = "\0"  # in no text, because a file with it is none


class Haystack:
    """Texts that are asked for words again and again.

    Args:
        texts: By path.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._paths = list(texts)
        self._text = BETWEEN.join(texts.values())
        self._ends = list(accumulate(len(one) + len(BETWEEN) for one in texts.values()))

    def holding(self, *words: str) -> list[str]:
        """The paths of the texts that contain one of these words, in their order."""
        found = {number for word in words for number in self._numbers(word)}
        return [self._paths[number] for number in sorted(found)]

    def _numbers(self, word: str) -> Iterator[int]:
        """Which texts contain a word; each is left at its first one."""
        at = self._text.find(word)
        while at >= 0:
            number = bisect_right(self._ends, at)
            yield number
            at = self._text.find(word, self._ends[number])
