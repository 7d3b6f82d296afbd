"""What commands print with ``--json``, taken from a real run of the tutorial.

``python -m tools.samples`` renews docs/reference/samples.json, from which the page of
output shapes is made; a test holds that a fresh run has the same shapes.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.walk import run, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1]
TUTORIAL = ROOT / "docs/tutorial/index.md"
FILE = ROOT / "docs/reference/samples.json"
# In this order on the service that the tutorial leaves behind, before it is removed.
COMMANDS = {
    "config check": "hitless config check --json",
    "doctor": "hitless doctor --json",
    "plan": "hitless plan 4.0 --json",
    "deploy": "sed -i 's/503/200/' app.py && hitless deploy 4.0 --json",
    "rollback --dry-run": "hitless rollback --dry-run --json",
    "rollback": "hitless rollback --json",
    "recover": "hitless recover --json",
    "status": "hitless status --json",
    "history": "hitless history --limit 2 --json",
    "show": "hitless show d2 --json",
    "show --certificate": "hitless show d2 --certificate --json",
    "down": "hitless down --yes --json",
}
CUT = "…"
INSTEAD = {"evidence": CUT, "actor": "you@server"}
OWN_NAME = re.compile(r".*[^a-z_].*")


def take(directory: Path, instead: Mapping[str, str]) -> dict[str, list[Any]]:
    """Each command's documents, printed between the tutorial and its last section."""
    tutorial, heading, end = TUTORIAL.read_text().partition("## Clean up")
    walk(tutorial, directory, instead)
    found = {name: shortened(list(read(run(one, directory)))) for name, one in COMMANDS.items()}
    walk(heading + end, directory, instead)
    return found


def read(text: str) -> Iterator[Any]:
    """The JSON documents that stand one after the other in a text.

    Raises:
        ValueError: when something else stands there.
    """
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        yield document
        rest = rest[end:].strip()


def shortened(documents: list[Any]) -> list[Any]:
    """Of repeated things the first; of evidence, whose shape is Hitless's own, nothing."""
    last = documents[-1]
    events: dict[str, Any] = {}
    for one in documents[:-1]:
        events.setdefault(one["event"], one)
    return [*events.values(), _short(last)]


def shape(value: Any, path: str = "") -> set[str]:
    """The paths of all keys; names that a user chose count as ``*``."""
    if isinstance(value, list):
        return {path}.union(*(shape(one, f"{path}[]") for one in value))
    if not isinstance(value, dict):
        return {path}
    paths = (shape(one, f"{path}.{'*' if OWN_NAME.match(k) else k}") for k, one in value.items())
    return {path}.union(*paths)


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(one) for one in value[:1]]
    if isinstance(value, dict):
        return {
            key: INSTEAD[key] if key in INSTEAD and v else _short(v) for key, v in value.items()
        }
    return value


def main() -> None:
    """Renew the samples."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "hello"
        directory.mkdir()
        found = take(directory, {})
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
