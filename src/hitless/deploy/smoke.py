"""Using the preview as a smoke check says, through the real edge."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from hitless.deploy.hooks import secrets_of
from hitless.domain import headers
from hitless.domain.errors import HitlessError
from hitless.domain.smoke import mismatch, unlike, vague

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.domain.answer import Answer
    from hitless.domain.settings import SmokeCheck, WriteProbe

SHOWN_LINES = 20
JSON = {"Content-Type": "application/json"}

Wrong = tuple[str, tuple[str, ...]]
"""What is wrong, in one line, and further lines; both empty when nothing is."""


def tried(ctx: Context, check: SmokeCheck) -> Wrong:
    """What is wrong with the release by one check."""
    values = {"RELEASE": ctx.release.id, "VERSION": ctx.release.version, "SLOT": str(ctx.slot)}
    if check.command:
        return _run(ctx, check, values)
    preview = _Preview(ctx, check.timeout)
    if check.write:
        return _written(preview, check, check.write, values), ()
    ask = preview.first_message if check.websocket else preview.get
    answer = ask(check.websocket or check.path)
    wrong = preview.stranger(answer) or mismatch(check, answer, values)
    return wrong or _answered_by_anything(preview, check, answer), ()


def _answered_by_anything(preview: _Preview, check: SmokeCheck, answer: Answer) -> str:
    """A single-page application gives its index page for every path, the API's included."""
    if not vague(check, answer):
        return ""
    other = preview.get(f"{check.path}-{uuid.uuid4().hex}")
    if (other.status, other.body) != (answer.status, answer.body):
        return ""
    return (
        "a path that nobody has gets the very same answer, so this one proves nothing: "
        "say what must be in it with content_type, contains or json"
    )


class _Preview:
    """The listener that leads to one slot, whoever has users' traffic."""

    def __init__(self, ctx: Context, timeout: float) -> None:
        self._ctx, self._timeout = ctx, timeout
        self._port, self._http = ctx.control_port(), ctx.world.http
        self._headers = {headers.SLOT: str(ctx.slot)}

    def get(self, path: str) -> Answer:
        return self._http.get(self._port, path, self._headers, self._timeout)

    def post(self, path: str, body: bytes) -> Answer:
        return self._http.post(self._port, path, self._headers | JSON, body, self._timeout)

    def first_message(self, path: str) -> Answer:
        return self._http.first_message(self._port, path, self._headers, self._timeout)

    def stranger(self, answer: Answer) -> str:
        """Who answered instead of the slot; empty when it was the slot, or nobody."""
        slot = self._ctx.slot
        if answer.status and self._ctx.layout.addresses.slot_of(answer.upstream) is not slot:
            return f"{answer.upstream or 'nobody'} answered, not slot {slot}"
        return ""


def _written(
    preview: _Preview, check: SmokeCheck, write: WriteProbe, values: dict[str, str]
) -> str:
    """What is wrong with a document that was posted and got again."""
    mark = str(uuid.uuid4())
    made = preview.post(write.post, json.dumps(write.json).replace("{uuid}", mark).encode())
    wrong = preview.stranger(made)
    if wrong or not made.ok:
        return wrong or f"expected POST {write.post} to succeed, got {made}"
    path = write.read_back.replace("{uuid}", mark).replace("{id}", _id_in(made))
    found = preview.get(path)
    wrong = preview.stranger(found) or mismatch(check, found, values)
    if wrong or mark.encode() in found.body:
        return wrong and f"GET {path}: {wrong}"
    return f"expected GET {path} to show what was posted, got {found}"


def _id_in(answer: Answer) -> str:
    try:
        document = json.loads(answer.body)
    except ValueError:
        return ""
    return str(document.get("id", "")) if isinstance(document, dict) else ""


def _run(ctx: Context, check: SmokeCheck, values: dict[str, str]) -> Wrong:
    given = {
        "HITLESS_PREVIEW_URL": f"http://127.0.0.1:{ctx.control_port()}",
        "HITLESS_SLOT": values["SLOT"],
        "HITLESS_RELEASE": values["RELEASE"],
        "HITLESS_VERSION": values["VERSION"],
    }
    program, *words = check.command
    place, hide = ctx.world.directory, secrets_of(ctx)
    try:
        output = ctx.world.programs.run(
            Path(program), place, given, check.timeout, hide, arguments=words
        )
    except HitlessError as error:
        return error.message, error.details
    tail = tuple(output.text.strip().splitlines()[-SHOWN_LINES:])
    if output.code:
        return f"expected the command to end with 0, got {output.code}", tail
    wrong = unlike(check, output.text, values)
    return wrong, tail if wrong else ()
