"""Does Prometheus take the alert rules?"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.verify.bench import LOOK_SECONDS, Attempt, Refuted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.fix.verify.bench import Bench

RULES = re.compile(r"^groups:", re.MULTILINE)
ALERT = re.compile(r"^\s+(?:- )?(?:alert|record):", re.MULTILINE)


def accepted(bench: Bench) -> Iterator[Attempt]:
    """``promtool check rules`` for each file with rules."""
    for path in bench.repository.settings:
        if path.endswith((".yml", ".yaml", ".rules")):
            text = bench.repository.text(path)
            if RULES.search(text) and ALERT.search(text):
                proves = "Prometheus reads the rules, and each of their queries parses"
                yield Attempt("alert rules", path, proves, partial(_check, bench, path))


def _check(bench: Bench, path: str) -> None:
    output = bench.run(("promtool", "check", "rules", path), LOOK_SECONDS)
    if output.code != 0:
        raise Refuted("Prometheus refuses it", output.text, f"promtool check rules {path}")
