"""From a text to its features: the same for classifier, embedding and topic names."""

import json
import re
import unicodedata
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

_LEXICON = json.loads((Path(__file__).parent / "lexicon.json").read_text(encoding="utf-8"))
STOP_WORDS: frozenset[str] = frozenset(_LEXICON["stop_words"])
_CONCEPT_OF: dict[str, str] = {
    stem: concept for concept, stems in _LEXICON["concepts"].items() for stem in stems
}
_LONGEST_STEM = max(map(len, _CONCEPT_OF))
_SHORTEST_STEM = min(map(len, _CONCEPT_OF))

_URL = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_MACHINE = re.compile(r"\b(?=[0-9a-f-]*\d)[0-9a-f]{4,}(?:-[0-9a-f]{2,})*\b")
_SIGN_IN = re.compile(r"\b(?:log(?:s|ged|ging)?|sign(?:s|ed|ing)?) ?-?(?:in|on|out)\b")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u02bc\u0060\u02b9", "'"))
_STEM_LENGTH = 5
_GRAM = 3

WORD, STEM, BIGRAM, TRIGRAM, CONCEPT = 1.0, 1.0, 0.5, 0.3, 2.2


class Feature(NamedTuple):
    """One thing said by a text, and how much it counts."""

    name: str
    weight: float


def words(text: str) -> list[str]:
    """Return the words of a text in lower case; addresses, ids and numbers become one word each."""
    plain = unicodedata.normalize("NFC", text).lower().translate(_APOSTROPHES)
    plain = _MACHINE.sub(" numeral ", _URL.sub(" weblink ", plain))
    plain = _SIGN_IN.sub(" login ", plain)
    return [
        "numeral" if word.isdigit() and len(word) != _GRAM else word
        for word in _WORD.findall(plain)
    ]


@lru_cache(maxsize=4096)
def concept_of(word: str) -> str | None:
    """Return what a word of either language is about: its longest known stem decides."""
    for length in range(min(len(word), _LONGEST_STEM), _SHORTEST_STEM - 1, -1):
        if concept := _CONCEPT_OF.get(word[:length]):
            return concept
    return None


def features(text: str) -> list[Feature]:
    """Return a text's features; a text without words is told by its characters."""
    meaningful = [word for word in words(text) if word not in STOP_WORDS]
    found = [Feature(f"b:{left} {right}", BIGRAM) for left, right in pairwise(meaningful)]
    for word in meaningful:
        found.extend(_of_word(word))
    return found or [Feature(f"x:{character}", WORD) for character in text]


@lru_cache(maxsize=4096)
def _of_word(word: str) -> tuple[Feature, ...]:
    return tuple(_describe(word))


def _describe(word: str) -> Iterator[Feature]:
    yield Feature(f"w:{word}", WORD)
    if len(word) > _STEM_LENGTH:
        yield Feature(f"s:{word[:_STEM_LENGTH]}", STEM)
    if concept := concept_of(word):
        yield Feature(f"c:{concept}", CONCEPT)
    framed = f"<{word}>"
    for start in range(len(framed) - _GRAM + 1):
        yield Feature(f"t:{framed[start : start + _GRAM]}", TRIGRAM)


def bucket(name: str) -> int:
    """Return a number for a feature that is the same in every process and on every machine."""
    return zlib.crc32(name.encode())
