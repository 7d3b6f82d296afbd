"""What nobody else should read: told by names, and taken out of what is shown or kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CONFIDENTIAL = (
    r"(?:^|_)(?:PASSWORD|PASSWD|PASS|SECRET|SECRET_KEY|TOKEN|API_?KEY|PRIVATE_KEY|ACCESS_KEY"
    r"|CREDENTIALS?)(?:_|$)"
)
HARMLESS = (
    r"(?:_FILE|_PATH|_URL|_TTL|_DAYS|_HOURS|_MINUTES|_SECONDS|_LENGTH|_NAME|_HEADER|_ID"
    r"|_ALGORITHM)$|PUBLIC|EXPIR|LIFETIME|ENABLED|TOKEN_TYPE|TOKENIZ|MAX_TOKEN|TOKEN_LIMIT"
)
# Keys and tokens of well-known services, told by how they look.
SHAPES = (
    r"AKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[bap]-[0-9A-Za-z-]{20,}"
    r"|\bsk_live_[0-9A-Za-z]{20,}|\bAIza[0-9A-Za-z_-]{35}\b|\bglpat-[\w-]{20}"
    r"|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}"
)
# What people write where a secret belongs: it tells a reader to put one there, and is none.
PLACEHOLDER = (
    r"(?i)(?:change|replace|fix|fill|insert|enter|update)[-_ ]?(?:me|this|it|with|in|before)\b"
    r"|^(?:changethis|replaceme)|^(?:fixme|todo|tbd|dummy|placeholder|example|your)(?:$|[-_ ])"
    r"|[-_ ]here$|^<.*>$|^(?:x{3,}|\*+|-+|\.{3,})$"
)
IN_URL = re.compile(r"://[^\s/@:]*:([^\s/@]+)@")
SHORTEST = 6  # a shorter one would blot out words that are none
HIDDEN = "***"


def names_secret(name: str) -> bool:
    """A variable of this name holds something that nobody else should read."""
    upper = name.upper()
    return bool(re.search(CONFIDENTIAL, upper)) and not re.search(HARMLESS, upper)


def is_placeholder(value: str) -> bool:
    """A text that only tells where a secret belongs."""
    return bool(re.search(PLACEHOLDER, value.strip()))


def secret_values(variables: Mapping[str, object]) -> frozenset[str]:
    """What must not be shown of these variables: by their names, and passwords in addresses."""
    return frozenset(v for v in _values(variables) if len(v) >= SHORTEST)


def hidden(text: str, values: Iterable[str]) -> str:
    """The text without these values."""
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return text


def _values(variables: Mapping[str, object]) -> Iterator[str]:
    for name, value in variables.items():
        text = "" if value is None else str(value)
        if names_secret(name):
            yield from (line.strip() for line in text.splitlines())
        yield from IN_URL.findall(text)
