"""Train the classifier from the seed corpus: `python -m training.train` in the folder `api`.

Softmax regression by stochastic gradient descent in plain Python, with a fixed order and a fixed
number of rounds: the same corpus always gives the same file, byte for byte. Takes a few seconds.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.triage.classifier import CLASSES, WEIGHTS_FILE, Model, vectorise

CORPUS = Path(__file__).parent / "corpus.tsv"
ROUNDS = 60
RATE = 0.8
DECAY = 0.00004
SEED = 1729
DIGITS = 2


class Example(NamedTuple):
    """One line of the corpus."""

    label: str
    text: str


def read_corpus(path: Path = CORPUS) -> list[Example]:
    """Return the labelled lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Example(*line.split("\t", 1)) for line in lines if line]


def train(examples: Sequence[Example]) -> Model:
    """Return the model that fits the examples."""
    weights: dict[int, list[float]] = {}
    bias = [0.0] * len(CLASSES)
    prepared = [(CLASSES.index(one.label), one.text, vectorise(one.text)) for one in examples]
    order = random.Random(SEED)  # noqa: S311  (a fixed shuffle is the point)
    for _ in range(ROUNDS):
        order.shuffle(prepared)
        for wanted, text, vector in prepared:
            chances = Model(bias, weights).probabilities(text)
            errors = [(position == wanted) - chances[name] for position, name in enumerate(CLASSES)]
            _learn(bias, weights, vector, errors)
    return Model(bias=_rounded(bias), weights={i: _rounded(weights[i]) for i in sorted(weights)})


def _learn(
    bias: list[float],
    weights: dict[int, list[float]],
    vector: dict[int, float],
    errors: Sequence[float],
) -> None:
    for position, error in enumerate(errors):
        bias[position] += 0.1 * RATE * error
    for index, value in vector.items():
        row = weights.setdefault(index, [0.0] * len(CLASSES))
        for position, error in enumerate(errors):
            row[position] += RATE * error * value - DECAY * row[position]


def _rounded(row: Sequence[float]) -> list[float]:
    return [round(value, DIGITS) for value in row]


def as_json(model: Model) -> str:
    """Return the weights file's text."""
    rows = {str(index): list(row) for index, row in model.weights.items()}
    return json.dumps({"classes": CLASSES, "bias": list(model.bias), "weights": rows}) + "\n"


if __name__ == "__main__":
    WEIGHTS_FILE.write_text(as_json(train(read_corpus())))
