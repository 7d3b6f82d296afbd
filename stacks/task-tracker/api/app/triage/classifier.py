"""Noise or signal, and which kind: a linear model whose weights are a JSON file."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.triage.text import Feature, bucket, features

BUCKETS = 4096
CLASSES = ("noise", "bug", "feature", "question", "chore")
_TONE = 2.0
WEIGHTS_FILE = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, slots=True)
class Model:
    """One row of five weights for each known bucket, and five to start with."""

    bias: Sequence[float]
    weights: Mapping[int, Sequence[float]]

    def probabilities(self, text: str) -> dict[str, float]:
        """Return how likely each class is; the sum is 1."""
        scores = list(self.bias)
        for index, value in vectorise(text).items():
            for position, weight in enumerate(self.weights.get(index, ())):
                scores[position] += weight * value
        highest = max(scores)
        shares = [math.exp(score - highest) for score in scores]
        return {name: share / sum(shares) for name, share in zip(CLASSES, shares, strict=True)}


def vectorise(text: str) -> dict[int, float]:
    """Return a text's features by bucket, at length 1, so that long texts do not shout."""
    vector: dict[int, float] = {}
    for feature in (*features(text), *_tone(text)):
        index = bucket(feature.name) % BUCKETS
        vector[index] = vector.get(index, 0.0) + feature.weight
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {index: value / length for index, value in vector.items()}


def _tone(text: str) -> list[Feature]:
    return [Feature("p:?", _TONE)] if "?" in text else []


@cache
def trained() -> Model:
    """Return the model that `training/train.py` made from the seed corpus."""
    stored = json.loads(WEIGHTS_FILE.read_text())
    weights = {int(index): row for index, row in stored["weights"].items()}
    return Model(bias=stored["bias"], weights=weights)
