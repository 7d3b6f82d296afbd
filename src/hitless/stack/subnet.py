"""Choosing a /24 that nothing else on this machine uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.errors import AddressesTaken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitless.domain.container import Network

# 10.128.0.0/10 is rarely used by VPNs and clouds, and Docker never takes it by itself.
FIRST, SECONDS, THIRDS = 128, 64, 256


def choose(service: str, network: str, wish: str | None, taken: Iterable[Network]) -> str:
    """The subnet of a service's network: the one it has, else the wish, else a free one.

    The same service gets the same subnet on every machine where it is free.

    Raises:
        AddressesTaken: when no candidate is free.
    """
    networks = tuple(taken)
    for one in networks:
        if one.name == network and one.subnets:
            return one.subnets[0]
    if wish:
        return wish
    import zlib  # noqa: PLC0415  # a rollback has a subnet

    start = zlib.crc32(service.encode())
    for number in range(SECONDS * THIRDS):
        subnet = candidate(start + number)
        if not overlapping(subnet, networks):
            return subnet
    raise AddressesTaken("no /24 below 10.128.0.0/10 is free", "remove unused networks")


def candidate(number: int) -> str:
    """One of the /24 networks below 10.128.0.0/10; numbers beyond the last begin anew."""
    second, third = divmod(number % (SECONDS * THIRDS), THIRDS)
    return f"10.{FIRST + second}.{third}.0/24"


def overlapping(subnet: str, networks: Iterable[Network]) -> str:
    """The name of a network that shares addresses with ``subnet``; empty when none does."""
    from ipaddress import IPv4Network  # noqa: PLC0415  # a rollback asks for no new subnet

    wanted = IPv4Network(subnet)
    for one in networks:
        # Docker also lists IPv6 subnets, which cannot overlap.
        if any(":" not in s and wanted.overlaps(IPv4Network(s, strict=False)) for s in one.subnets):
            return one.name
    return ""
