"""How often the verdict condemns a healthy release, and how soon a bad one.

In the same run and on the same requests: the usual fixed rule, "5 % in 10 s of at least
20 requests". Simulated and seeded, so this gives the same figures on every machine;
``python -m tools.verdict`` puts them into the documentation.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from testing import trials  # noqa: E402  # what the tests use, too

RESULT = ROOT / "docs" / "assets" / "verdict.json"
BASES = (0.0, 0.005, 0.02, 0.05)
RATES = (5, 20, 100)
SHARES = (1.0, 0.5, 0.2, 0.05)
STALLS = (60.0, 20.0)
SLOWER = (3.0, 2.0)
RUNS = 500
SLOW_RUNS = 200


def main() -> None:
    """Simulate all settings and keep the result."""
    result = {
        "runs": RUNS,
        "slow_runs": SLOW_RUNS,
        "alarms": [alarm for base in BASES for alarm in alarms(base)],
        "found": [found(share, base) for base in (0.0, 0.02) for share in SHARES],
        "stalls": [stalls(every) for every in STALLS],
        "slower": [slower(times) for times in SLOWER],
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


def alarms(base: float) -> list[dict[str, Any]]:
    """False alarms at one base error rate."""
    rows = []
    for pattern in trials.PATTERNS if base else ("independent",):
        for rps in RATES:
            ours, fixed = trials.alarms(trials.Healthy(base, pattern, rps), RUNS)
            rows.append(
                {"base": base, "pattern": pattern, "rps": rps, "verdict": ours, "fixed": fixed}
            )
            print(rows[-1], flush=True)
    return rows


def found(share: float, base: float) -> dict[str, Any]:
    """Seconds until a release is found that fails a share of its requests."""
    broken, random = trials.Broken(share, base=base), trials.seeded(f"{share} {base}")
    times = [broken.found_after(random) for _ in range(RUNS)]
    row = {"share": share, "base": base}
    for name, column in zip(("verdict", "fixed"), zip(*times, strict=True), strict=True):
        row |= {f"{name}_median": median(column), f"{name}_p95": quantiles(column, n=20)[-1]}
    print(row, flush=True)
    return row


def stalls(every: float) -> dict[str, Any]:
    """False alarms of the slowness test on a machine that stalls for a second now and then."""
    row = {"every": every, "verdict": trials.slow_alarms(every, SLOW_RUNS)}
    print(row, flush=True)
    return row


def slower(times: float) -> dict[str, Any]:
    """Seconds until a release is found that takes so many times as long."""
    random = trials.seeded(f"slower {times}")
    seconds = [trials.slower_after(times, random) for _ in range(SLOW_RUNS)]
    row = {"times": times, "median": median(seconds), "p95": quantiles(seconds, n=20)[-1]}
    print(row, flush=True)
    return row


if __name__ == "__main__":
    main()
