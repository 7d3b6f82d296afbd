"""A text as a point on a sphere: near texts share words, stems, letters or concepts."""

import math
from collections import defaultdict

from app.models import DIMENSIONS
from app.triage.text import bucket, features

_SIGN_BIT = 1 << 31


def embed(text: str) -> list[float]:
    """Return `DIMENSIONS` numbers of length 1; the same text gives the same numbers anywhere."""
    totals: defaultdict[str, float] = defaultdict(float)
    for feature in features(text):
        totals[feature.name] += feature.weight**2
    vector = [0.0] * DIMENSIONS
    for name, total in totals.items():
        number = bucket(name)
        vector[number % DIMENSIONS] += math.copysign(math.sqrt(total), _sign(number))
    return normalised(vector)


def _sign(number: int) -> int:
    return -1 if number & _SIGN_BIT else 1


def normalised(vector: list[float]) -> list[float]:
    """Return the vector at length 1; the zero vector (no direction) becomes the first axis."""
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0:
        return [1.0, *([0.0] * (len(vector) - 1))]
    return [round(value / length, 6) for value in vector]


def moved_mean(mean: list[float], count: int, vector: list[float]) -> list[float]:
    """Return the mean of `count` vectors after one more joined, at length 1."""
    return normalised([old * count + new for old, new in zip(mean, vector, strict=True)])


def to_text(vector: list[float]) -> str:
    """Return pgvector's notation."""
    return f"[{','.join(map(str, vector))}]"


def from_text(text: str) -> list[float]:
    """Read pgvector's notation."""
    return [float(value) for value in text.strip("[]").split(",")]
