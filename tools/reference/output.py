"""The page of JSON shapes, from samples that a real run printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.reference.text import block, document
from tools.samples import CUT, FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

INTRODUCTION = f"""\
Every command that tells something takes `--json`. The key `format` is the version of the
shape: it changes when a key is renamed or removed, not when one is added. Times are seconds
since the epoch, durations are seconds unless the key says `_ms`.

`deploy`, `rollback`, `recover` and `down` print one JSON object a line while they work; the last
one, with the event `result` (shown indented here), is their result. An error is no JSON: it goes
to standard error, and the [exit status](errors.md) tells its kind.

The samples were printed by a real run of the [tutorial](../tutorial/index.md); of lists and
of repeated events only the first is shown, and `{CUT}` stands for the recorded evidence."""


def page() -> str:
    """The whole page."""
    samples = json.loads(FILE.read_text())
    return document("JSON output", INTRODUCTION, *_sections(samples))


def _sections(samples: dict[str, list[Any]]) -> Iterator[str]:
    for name, documents in samples.items():
        events = [json.dumps(one, ensure_ascii=False) for one in documents[:-1]]
        last = json.dumps(documents[-1], indent=2, ensure_ascii=False)
        text = "\n".join([*events, last])
        yield f"## hitless {name}\n\n{block(text, 'json')}"
