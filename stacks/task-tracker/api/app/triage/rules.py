"""How urgent a text sounds: cues that are the same words in every company."""

import json
from dataclasses import dataclass
from pathlib import Path

from app.triage.text import words

_CUES: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parent / "cues.json").read_text(encoding="utf-8")
)
_SHIFT = {"outage": 0.4, "pressing": 0.25, "harm": 0.2, "patient": -0.3}


@dataclass(frozen=True, slots=True)
class Urgency:
    """`shift` is added to a message's importance; `cues` says why."""

    shift: float
    cues: tuple[str, ...]


def urgency(text: str) -> Urgency:
    """Return how much more (or less) a text matters than its class alone says."""
    padded = f" {' '.join(words(text))} "
    found = tuple(
        cue for cue, stems in _CUES["cues"].items() if any(f" {stem}" in padded for stem in stems)
    )
    return Urgency(shift=sum(_SHIFT[cue] for cue in found), cues=found)


def is_ceremony(text: str) -> bool:
    """Tell greetings, thanks and laughter: a text of which no word says anything."""
    said = words(text)
    return bool(said) and all(word in _CUES["ceremony"]["words"] for word in said)
