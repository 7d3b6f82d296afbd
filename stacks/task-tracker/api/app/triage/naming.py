"""A short name for a topic, from the words of its first message."""

from app.triage.text import STOP_WORDS, concept_of, words

_PARTS = 3
_MIN_LENGTH = 3


def topic_name(text: str) -> str:
    """Return up to three telling words: known concepts first, then the longest others."""
    said = [word for word in words(text) if word not in STOP_WORDS and word not in _EMPTY]
    concepts = [name for word in said if (name := concept_of(word)) and name not in _TONES]
    others = sorted(
        (word for word in said if len(word) >= _MIN_LENGTH and not concept_of(word)),
        key=len,
        reverse=True,
    )
    parts = list(dict.fromkeys([*concepts, *others]))[:_PARTS]
    name = ", ".join(parts) or text.strip()[:40] or "untitled"
    return name[0].upper() + name[1:]


_EMPTY = {"weblink", "numeral"}
_TONES = {"question", "wish"}
