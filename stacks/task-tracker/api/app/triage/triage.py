"""The verdict on one message: label, importance, category, priority, title."""

from dataclasses import dataclass

from app.schemas import Category, Label, Priority
from app.triage.classifier import trained
from app.triage.rules import is_ceremony, urgency

TASK_FROM_IMPORTANCE = 0.5
TITLE_LENGTH = 90
_NOISE_AT_MOST = 0.3
_PRIORITIES: tuple[tuple[float, Priority], ...] = (
    (0.9, "urgent"),
    (0.72, "high"),
    (0.55, "medium"),
)
_CERTAINTY = 0.22
_BASE: dict[Category, float] = {"bug": 0.52, "question": 0.52, "feature": 0.5, "chore": 0.5}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the worker writes beside a message; noise has no category and no priority."""

    label: Label
    importance: float
    category: Category | None
    priority: Priority | None
    title: str

    @property
    def makes_task(self) -> bool:
        """Whether somebody has to do something."""
        return self.category is not None and self.importance >= TASK_FROM_IMPORTANCE


def judge(text: str) -> Verdict:
    """Judge a text of either language; the same text always gets the same verdict."""
    chances = trained().probabilities(text)
    noise = 1.0 if is_ceremony(text) else chances["noise"]
    shift = urgency(text).shift
    candidates: tuple[Category, ...] = ("bug", "feature", "question", "chore")
    category = max(candidates, key=lambda name: chances[name])
    if noise > chances[category] and shift < 0.4:  # noqa: PLR2004  (an outage is never noise)
        importance = max(0.02, min(_NOISE_AT_MOST, 0.5 * (1 - noise)))
        return Verdict("noise", round(importance, 2), None, None, title_of(text))
    certainty = _CERTAINTY * chances[category]
    importance = round(max(0.05, min(0.99, _BASE[category] + certainty + shift)), 2)
    return Verdict("signal", importance, category, priority_of(importance), title_of(text))


def priority_of(importance: float) -> Priority:
    """Return the word for an importance."""
    return next((word for least, word in _PRIORITIES if importance >= least), "low")


def title_of(text: str) -> str:
    """Return the first sentence, cut at a word's end."""
    line = text.strip().splitlines()[0] if text.strip() else text
    if len(line) <= TITLE_LENGTH:
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
