"""What a smoke check demands, and why something that came back does not satisfy it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hitless.domain.answer import Answer
    from hitless.domain.settings import SmokeCheck

SHOWN = 120
UPGRADED = 101  # Switching Protocols (RFC 9110, 15.2.2): the WebSocket is open


def title(check: SmokeCheck) -> str:
    """What to call a check: its own name, or what it does."""
    if check.name:
        return check.name
    if check.write:
        return f"POST {check.write.post}"
    return check.path or check.websocket or " ".join(check.command)


def mismatch(check: SmokeCheck, answer: Answer, values: Mapping[str, str]) -> str:
    """Why an answer does not satisfy a smoke check; empty when it does.

    ``${RELEASE}`` and the like in expected texts are replaced from ``values``. An
    application that names its release in X-Release must name the one that is checked.
    """
    wanted = UPGRADED if check.websocket else check.status
    if answer.status != wanted or answer.error:
        what = "a first message" if check.websocket else f"status {wanted}"
        return f"expected {what}, got {answer}"
    if answer.release and answer.release != values["RELEASE"]:
        return f"expected release {values['RELEASE']}, got {answer.release} in X-Release"
    kind = answer.headers.get("content-type", "")
    if check.content_type and not kind.startswith(check.content_type):
        return f"expected content type {check.content_type}, got {kind or 'none'}"
    return unlike(check, answer.body.decode(errors="replace"), values)


def vague(check: SmokeCheck, answer: Answer) -> bool:
    """Nothing but a status was asked for, and nothing else tells who answered.

    The front page is excepted: there the application's index page is the right answer.
    """
    demands = check.contains or check.content_type or check.json or check.matches
    return bool(check.path.strip("/")) and not demands and not answer.release


def unlike(check: SmokeCheck, text: str, values: Mapping[str, str]) -> str:
    """Why a body, a message or an output is not the expected one; empty when it is."""
    came = " ".join(text[:SHOWN].split()) or "nothing"
    wanted = _filled(check.contains, values)
    if wanted not in text:
        return f"expected a text with {wanted!r}, got {came}"
    pattern = _filled(check.matches, values, re.escape)
    if not re.search(pattern, text):
        return f"expected a match of {pattern!r}, got {came}"
    return _unlike_json(check.json, text, values) if check.json else ""


def _unlike_json(expected: Mapping[str, Any], text: str, values: Mapping[str, str]) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        return f"expected JSON, got {' '.join(text[:SHOWN].split()) or 'nothing'}"
    for path, value in expected.items():
        wanted, found = _filled_inside(value, values), _at(document, path)
        # For Python, but for no user, true is 1.
        if found != wanted or isinstance(found, bool) is not isinstance(wanted, bool):
            return f"expected {path} to be {wanted!r}, got {found!r}"
    return ""


def _at(document: Any, path: str) -> Any:
    """The value at ``build.jobs.0``; None where nothing is."""
    if isinstance(document, dict) and path in document:
        return document[path]
    found = document
    for part in path.split("."):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def _filled_inside(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _filled(value, values)
    if isinstance(value, list | tuple):
        return [_filled_inside(item, values) for item in value]
    if isinstance(value, dict):
        return {key: _filled_inside(item, values) for key, item in value.items()}
    return value


def _filled(text: str, values: Mapping[str, str], quoted: Callable[[str], str] = str) -> str:
    for name, value in values.items():
        text = text.replace("${" + name + "}", quoted(value))
    return text
