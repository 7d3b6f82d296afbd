"""One hitless.yaml for several environments: what one of them says goes over the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hitless.config.positions import Loc, Positions

KEY = "environments"


@dataclass(frozen=True, slots=True)
class Merged:
    """A document with one environment laid over it.

    Attributes:
        environment: Its name; empty for the document itself.
        overlay: What the environment says.
        data: The whole, as a document without environments.
    """

    environment: str
    overlay: dict[str, Any]
    data: dict[str, Any]

    def line(self, loc: Loc, positions: Positions) -> int:
        """Where a value was written: in the environment if it says anything there."""
        if self.environment and loc and _says(self.overlay, loc):
            return positions.line((KEY, self.environment, *loc))
        return positions.line(loc)


def named(document: dict[str, Any]) -> tuple[str, ...]:
    """The environments of a document."""
    found = document.get(KEY)
    return tuple(str(name) for name in found) if isinstance(found, dict) else ()


def merged(document: dict[str, Any], environment: str = "") -> Merged:
    """The document as one environment has it.

    Mappings are merged key by key; anything else replaces what was there, and nothing
    (``null``) takes it away. Without a ``service`` of its own the environment's name is
    added to that of the service, so that two of them never share anything.
    """
    base = {key: value for key, value in document.items() if key != KEY}
    if not environment:
        return Merged("", {}, base)
    overlay = document[KEY][environment] or {}
    data = _over(base, overlay)
    if "service" not in overlay and isinstance(base.get("service"), str):
        data["service"] = f"{base['service']}-{environment}"
    return Merged(environment, overlay, data)


def _over(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    whole = dict(base)
    for key, value in overlay.items():
        if value is None:
            whole.pop(key, None)
        elif isinstance(value, dict) and isinstance(whole.get(key), dict):
            whole[key] = _over(whole[key], value)
        else:
            whole[key] = value
    return whole


def _says(overlay: Any, loc: Loc) -> bool:
    for part in loc:
        inside = overlay.get(part) if isinstance(overlay, dict) else None
        if isinstance(overlay, list) and isinstance(part, int) and part < len(overlay):
            inside = overlay[part]
        if inside is None:
            return False
        overlay = inside
    return True
