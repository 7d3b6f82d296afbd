"""Tests that may be looked at after every request without more false alarms.

Each gives an *e-value*: evidence against "the new release is no worse", which on a
healthy release is at most 1 on average at any time, however often one looks. So it
exceeds 100 in at most 1 % of the healthy releases (Ville's inequality). Background:
Lindon, Sanden and Shirikian, "Rapid Regression Detection in Software Deployments through
Sequential Testing" (arXiv 2205.14762), and Lindon and Malek, "Anytime-Valid Inference
For Multinomial Count Data" (arXiv 2011.03567).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALPHA = 0.01
LOWEST_ODDS, HIGHEST_ODDS = 1.5, 50.0
MIXED = 8
ODDS = tuple(LOWEST_ODDS * (HIGHEST_ODDS / LOWEST_ODDS) ** (i / (MIXED - 1)) for i in range(MIXED))
"""How many times worse the release may be; nobody knows, so all count alike."""
BEYOND = 300.0  # natural logarithm: more evidence than this needs no exact number


@dataclass(frozen=True, slots=True)
class Shared:
    """What both slots did in a time in which both took traffic."""

    new_sent: int
    new_failed: int
    old_sent: int
    old_failed: int


def against_rate(failed: float, sent: float, rate: float) -> float:
    """The e-value of "fails more often than ``rate``", for use after the full cutover.

    A mixture over :data:`ODDS` of likelihood-ratio martingales of coins (arXiv
    2205.14762, section 3). For failures that clump, divide both counts by their
    dispersion first.
    """
    return _mixed(
        failed * math.log(worse / rate) + (sent - failed) * math.log1p((rate - worse) / (1 - rate))
        for worse in (_raised(rate, odds) for odds in ODDS)
    )


def overlap(times: Iterable[Shared]) -> float:
    """The e-value of "the new slot fails more than the old one does at the same time".

    If there is no difference, each failed request is a coin that shows the new slot with
    the share of traffic that the new slot had (arXiv 2011.03567, section 3). Needs no
    baseline, and what fails in both slots alike is no evidence.
    """
    both = [t for t in times if t.new_sent and t.old_sent]
    return _mixed(sum(_coins(time, odds) for time in both) for odds in ODDS)


def combined(evidence: Sequence[float]) -> float:
    """The mean of e-values is an e-value, however they depend on each other."""
    return sum(evidence) / len(evidence) if evidence else 1.0


def condemned(evidence: float) -> bool:
    """So much evidence comes up in at most 1 % of healthy releases."""
    return evidence >= 1 / ALPHA


def _coins(time: Shared, odds: float) -> float:
    share = time.new_sent / (time.new_sent + time.old_sent)
    raised = _raised(share, odds)
    new, old = math.log(raised / share), math.log((1 - raised) / (1 - share))
    return time.new_failed * new + time.old_failed * old


def _raised(rate: float, odds: float) -> float:
    return odds * rate / (1 - rate + odds * rate)


def _mixed(logarithms: Iterable[float]) -> float:
    return sum(math.exp(min(one, BEYOND)) for one in logarithms) / MIXED
