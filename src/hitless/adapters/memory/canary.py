"""How nginx, by the configuration that Hitless renders, shares clients out to a canary."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.slot import Share, Slot

FLAG = re.compile(r"if \(-f \S+/(canary-\w+-\d+)\)")
HEADER = re.compile(r"map \$http_(\w+) \$given_(\w+)_(\d+) ")
COOKIE = re.compile(r"(?:^|;\s*)hitless_bucket=([0-9][0-9])(?:;|$)")
BUCKETS = 100
SPREAD = 37  # prime to 100: each of our own requests falls into another bucket
CLIENT = ("x-forwarded-for", "user-agent", "authorization")


@dataclass(frozen=True, slots=True)
class Canaries:
    """What a configuration is prepared for.

    Attributes:
        flags: The shares that it knows.
        headers: Share → the request header by which clients choose.
    """

    flags: frozenset[str]
    headers: Mapping[str, str]

    @classmethod
    def of(cls, config: str) -> Canaries:
        """From its text."""
        headers = {
            f"canary-{slot}-{percent}": name.replace("_", "-")
            for name, slot, percent in HEADER.findall(config)
        }
        return cls(frozenset(FLAG.findall(config)), headers)

    def slot(
        self, active: Slot, share: Share | None, headers: Mapping[str, str], number: int
    ) -> Slot:
        """Who answers a request; ``number`` is how many there were before it."""
        if share is None or share.flag not in self.flags:
            return active
        wish = headers.get(self.headers.get(share.flag, ""), "")
        if wish in ("always", "never"):
            return share.slot if wish == "always" else active
        return share.slot if _bucket(headers, number) < share.percent else active

    def cookie(self, share: Share, headers: Mapping[str, str], kind: str) -> str:
        """What a page tells a browser that does not know its bucket; else empty."""
        told = headers.get("x-hitless-probe") or "hitless_bucket" in headers.get("cookie", "")
        if told or share.flag not in self.flags or not kind.startswith("text/html"):
            return ""
        return f"hitless_bucket={_bucket(headers, 0):02}; Path=/; HttpOnly; SameSite=Lax"


def _bucket(headers: Mapping[str, str], number: int) -> int:
    cookie = COOKIE.search(headers.get("cookie", ""))
    if cookie:
        return int(cookie[1])
    if headers.get("x-hitless-probe"):
        return number * SPREAD % BUCKETS
    client = " ".join(headers.get(name, "") for name in CLIENT)
    return zlib.crc32(client.encode()) % BUCKETS
