"""What is secret in a project: found, named, and never written down."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hitless.domain.secrets import SHAPES, names_secret, secret_values
from hitless.export.part import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hitless.export.part import Part

# Anything before the @ of an address, a password among other words, the shape of a known key.
INSIDE = re.compile(
    r"://[^\s/@]+@|(?:password|passwd|pwd|secret|token|api[_-]?key)=[^\s&;]|PRIVATE KEY-----|"
    + SHAPES,
    re.IGNORECASE,
)
EXPANDED = re.compile(r"\$(?=[$(])")  # Kubernetes makes something else of these in a command
SHORTEST = 8  # as a part of another value; a shorter one may stand in any word


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of one service.

    Attributes:
        plain: Name → value.
        secret: Name → its key in the Secret.
    """

    plain: dict[str, str] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vault:
    """Every secret of a project, so that none of them slips through under another name.

    Attributes:
        values: What must not be written.
        shared: Names that mean the same in every service that has them.
    """

    values: frozenset[str]
    shared: frozenset[str]

    def tells(self, name: str, value: str) -> bool:
        """A variable that must not be written."""
        within = any(one in value for one in self.values if len(one) >= SHORTEST)
        return names_secret(name) or value in self.values or within or bool(INSIDE.search(value))

    def key(self, service: str, name: str) -> str:
        """The variable's key in the Secret."""
        return name if name in self.shared else f"{service}.{name}"


def vault(services: Mapping[str, dict[str, Any]]) -> Vault:
    """The secrets of all services of a resolved Compose model."""
    values: set[str] = set()
    meanings: dict[str, set[str]] = {}
    for service in services.values():
        found = environment(service)
        values |= secret_values(found)
        for name, value in found.items():
            meanings.setdefault(name, set()).add(value)
    shared = frozenset(name for name, texts in meanings.items() if len(texts) == 1)
    return Vault(frozenset(values), shared)


def environment(compose: Mapping[str, Any]) -> dict[str, str]:
    """Variables with values; one without would come from the shell that starts Compose."""
    found = compose.get("environment") or {}
    return {name: literal(value) for name, value in found.items() if value is not None}


def variables(part: Part, known: Vault, version: str) -> Variables:
    """The variables of a service, and of its command what must not be read there."""
    found = Variables(plain={"HITLESS_VERSION": version})
    for name, value in sorted(environment(part.compose).items()):
        if known.tells(name, value):
            found.secret[name] = known.key(part.service, name)
        elif name != "HITLESS_VERSION":
            found.plain[name] = value
    for number in _confidential(part, found):
        name = _argument(number)
        found.secret[name] = f"{part.service}.{name}"
    return found


def words(part: Part, found: Variables) -> dict[str, list[str]]:
    """``command`` and ``args`` of the container; secrets in them come from its variables."""
    hidden = set(_confidential(part, found))
    texts = {
        number: f"$({_argument(number)})" if number in hidden else _referring(part, found, word)
        for number, word in enumerate(_all_words(part))
    }
    entry = part.compose.get("entrypoint")
    # An empty one takes that of the image away, which only a command does here.
    first = len(texts) if entry == [] else len(entry or ())
    both = {
        "command": [text for number, text in texts.items() if number < first],
        "args": [text for number, text in texts.items() if number >= first],
    }
    return {key: value for key, value in both.items() if value}


def confidential(texts: Sequence[str], known: Vault) -> bool:
    """Some of these words must not be written."""
    return any(known.tells("", text) for text in texts)


def _all_words(part: Part) -> list[str]:
    both = (part.compose.get("entrypoint") or [], part.compose.get("command") or [])
    return [literal(word) for some in both for word in some]


def _referring(part: Part, found: Variables, word: str) -> str:
    """A word with what stands in variables taken from there."""
    text, own = _escaped(word), environment(part.compose)
    for name in found.secret:
        value = own.get(name, "")
        if len(value) >= SHORTEST or value == word != "":
            text = text.replace(_escaped(value), f"$({name})")
    return text


def _confidential(part: Part, found: Variables) -> list[int]:
    """Places of words that are secret by themselves, not by a variable of the service."""
    every = _all_words(part)
    before = ["", *every][: len(every)]
    return [
        number
        for number, (word, option) in enumerate(zip(every, before, strict=True))
        if _referring(part, found, word) == _escaped(word)
        and (INSIDE.search(word) or (option.startswith("-") and names_secret(_named(option))))
    ]


def _named(option: str) -> str:
    return option.lstrip("-").replace("-", "_") if "=" not in option else ""


def _argument(number: int) -> str:
    return f"SECRET_ARGUMENT_{number + 1}"


def _escaped(word: str) -> str:
    return EXPANDED.sub("$$", word)
