"""The figures of docs/why/verdict.md, from what benchmarks/verdict.py simulated.

``python -m tools.verdict`` puts tables and plot into the documentation; a test holds that
they are those of the result, and repeats a part of the simulation.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.reference.text import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOCS = Path(__file__).parents[1] / "docs"
RESULT = DOCS / "assets/verdict.json"
PAGE = DOCS / "why/verdict.md"
PLOT = DOCS / "images/verdict.svg"
BEGIN, END = "<!-- figures: made by tools.verdict -->", "<!-- end of figures -->"
WIDTH, LEFT, ROW, BAR = 720, 250, 30, 10
FULL = WIDTH - LEFT - 70
STYLE = (
    "text{font:13px sans-serif;fill:#444}.ours{fill:#1a7f5a}.fixed{fill:#c76b29}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}}"
)


def main() -> None:
    """Write both."""
    result = json.loads(RESULT.read_text())
    PAGE.write_text(filled(PAGE.read_text(), result))
    PLOT.write_text(plot(result))


def filled(page: str, result: dict[str, Any]) -> str:
    """The page with the figures of a result."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{figures(result)}\n\n{END}{rest.partition(END)[2]}"


def figures(result: dict[str, Any]) -> str:
    """All tables."""
    runs, slow_runs = result["runs"], result["slow_runs"]
    parts = (
        f"Healthy releases condemned within two minutes, of {runs:,} each:",
        table(
            ("Errors before and after", "", "Requests a second", "The verdict", "5 % in 10 s"),
            [_alarm(row, runs) for row in result["alarms"]],
        ),
        f"Seconds to find a bad release at 20 requests a second, median / p95 of {runs:,} each:",
        table(
            ("Requests that fail", "Errors before", "The verdict", "5 % in 10 s"),
            [_found(row) for row in result["found"]],
        ),
        f"Slowness, at 20 requests a second, of {slow_runs} each:",
        table(
            ("Release", "Result"), [*map(_stall, result["stalls"]), *map(_slower, result["slower"])]
        ),
    )
    return "\n\n".join(parts)


def _alarm(row: dict[str, Any], runs: int) -> tuple[str, ...]:
    shares = (f"{row[who] / runs:.1%}".replace("%", " %") for who in ("verdict", "fixed"))
    return (_percent(row["base"]), row["pattern"], str(row["rps"]), *shares)


def _found(row: dict[str, Any]) -> tuple[str, ...]:
    times = (
        f"{_seconds(row[f'{who}_median'])} / {_seconds(row[f'{who}_p95'])}"
        for who in ("verdict", "fixed")
    )
    return (_percent(row["share"]), _percent(row["base"]), *times)


def _stall(row: dict[str, Any]) -> tuple[str, str]:
    name = f"as fast as before; both stall for a second, every {row['every']:g} s on average"
    return name, f"{row['verdict']} condemned"


def _slower(row: dict[str, Any]) -> tuple[str, str]:
    name = f"takes {row['times']:g} times as long"
    return name, f"found after {_seconds(row['median'])}, 95th percentile {_seconds(row['p95'])}"


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if math.isfinite(value) else "not in two minutes"


def _percent(share: float) -> str:
    return f"{share * 100:g} %"


def plot(result: dict[str, Any]) -> str:
    """False alarms of both as bars."""
    rows = result["alarms"]
    height = ROW * len(rows) + 60
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Healthy releases condemned, by the verdict and by a fixed rule</title>",
        f"<style>{STYLE}</style>",
        *_legend(),
        *(line for i, row in enumerate(rows) for line in _bars(row, 50 + i * ROW, result["runs"])),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _legend() -> Sequence[str]:
    return (
        f'<rect class="ours" x="{LEFT}" y="12" width="{BAR}" height="{BAR}"/>',
        f'<text x="{LEFT + 16}" y="22">the verdict</text>',
        f'<rect class="fixed" x="{LEFT + 120}" y="12" width="{BAR}" height="{BAR}"/>',
        f'<text x="{LEFT + 136}" y="22">5 % in 10 s</text>',
    )


def _bars(row: dict[str, Any], top: int, runs: int) -> Iterator[str]:
    name = f"{_percent(row['base'])} {row['pattern']}, {row['rps']}/s"
    yield f'<text x="{LEFT - 10}" y="{top + 13}" text-anchor="end">{name}</text>'
    for number, (kind, who) in enumerate((("ours", "verdict"), ("fixed", "fixed"))):
        share, y = row[who] / runs, top + number * BAR
        width = max(1.0, share * FULL)
        yield f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR - 1}"/>'
        text = f"{share:.1%}".replace("%", " %")
        yield f'<text x="{LEFT + width + 4:.1f}" y="{y + 9}" font-size="10">{text}</text>'


if __name__ == "__main__":
    main()
