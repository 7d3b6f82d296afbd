"""How far a rate can be from what was counted: exact bounds, without numpy or scipy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CONFIDENCE = 0.95
HALVINGS = 40  # of the interval from 0 to 1: exact to 1e-12
TERMS = 300
TINY = 1e-300
ACCURATE = 1e-12


def upper_bound(failed: float, sent: float, confidence: float = CONFIDENCE) -> float:
    """The highest rate that is compatible with ``failed`` of ``sent``; 1 without any.

    One-sided and exact (Clopper and Pearson, Biometrika 26, 1934): 0 of 299 gives 1 %.
    Counts may be fractions, as after division by a dispersion.
    """
    if failed >= sent:
        return 1.0
    low, high = failed / sent, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _beta_below(middle, failed + 1, sent - failed) < confidence:
            low = middle
        else:
            high = middle
    return high


def dispersion(buckets: Iterable[tuple[int, int]]) -> float:
    """How much more failures clump than coins do, from ``(failed, sent)`` of equal times.

    1 for independent failures. Pearson's statistic over its degrees of freedom
    (McCullagh and Nelder, Generalized Linear Models, 4.5.2), and one standard error more,
    because a few buckets may by chance look calmer than the service is.
    """
    counted = [(failed, sent) for failed, sent in buckets if sent]
    failed, sent = sum(f for f, _ in counted), sum(n for _, n in counted)
    freedom = len(counted) - 1
    if freedom < 1 or not 0 < failed < sent:
        return 1.0
    rate = failed / sent
    pearson = sum((f - n * rate) ** 2 / (n * rate * (1 - rate)) for f, n in counted)
    found = pearson / freedom
    return max(1.0, found * (1 + math.sqrt(2 / freedom))) if found > 1 else 1.0


def _beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by Lentz's continued fraction.

    Abramowitz and Stegun, 26.5.8; it converges fast on the side chosen here.
    """
    if x in {0.0, 1.0}:
        return x
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_below(1 - x, b, a)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(scale + a * math.log(x) + b * math.log1p(-x)) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    upper, lower = 1.0, 0.0
    value = 1.0
    for step in range(1, TERMS):
        term = _coefficient(step, x, a, b)
        lower = 1 / _not_zero(1 + term * lower)
        upper = _not_zero(1 + term / upper)
        value *= upper * lower
        if abs(upper * lower - 1) < ACCURATE:
            break
    return value


def _coefficient(step: int, x: float, a: float, b: float) -> float:
    half = step // 2
    if step % 2:
        return -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step))
    return half * (b - half) * x / ((a + step - 1) * (a + step))


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
