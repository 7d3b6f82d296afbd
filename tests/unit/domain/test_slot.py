"""Every container has one address, and nobody else gets it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.domain.slot import HOSTS_PER_SLOT, Addresses, Slot

SUBNETS = st.tuples(st.integers(128, 191), st.integers(0, 255)).map(
    lambda parts: f"10.{parts[0]}.{parts[1]}.0/24"
)
INDEXES = st.integers(0, HOSTS_PER_SLOT - 1)


@given(SUBNETS, st.sampled_from(Slot), INDEXES)
def test_an_address_lies_in_the_subnet_and_leads_back_to_its_slot(
    subnet: str, slot: Slot, index: int
) -> None:
    addresses = Addresses(subnet)
    address = addresses.of(slot, index)
    assert IPv4Address(address) in IPv4Network(subnet)
    assert addresses.slot_of(address) is slot


@given(SUBNETS, st.sampled_from(Slot), INDEXES)
def test_a_fixed_address_is_never_one_that_the_engine_may_choose(
    subnet: str, slot: Slot, index: int
) -> None:
    addresses = Addresses(subnet)
    dynamic = IPv4Network(addresses.dynamic_range())
    assert dynamic.subnet_of(IPv4Network(subnet))
    assert IPv4Address(addresses.of(slot, index)) not in dynamic
    assert IPv4Address(addresses.edge()) not in dynamic


def test_all_addresses_of_both_slots_and_the_edge_differ() -> None:
    addresses = Addresses("10.150.7.0/24")
    given_out = [addresses.of(slot, i) for slot in Slot for i in range(HOSTS_PER_SLOT)]
    given_out.append(addresses.edge())
    assert len(set(given_out)) == 2 * HOSTS_PER_SLOT + 1


@pytest.mark.parametrize("index", [-1, HOSTS_PER_SLOT])
def test_a_slot_has_no_address_beyond_its_range(index: int) -> None:
    with pytest.raises(ValueError, match="at most 96 containers"):
        Addresses("10.150.7.0/24").of(Slot.BLUE, index)


@pytest.mark.parametrize(
    "stranger", ["10.150.7.2", "10.150.7.1", "10.150.7.208", "10.150.8.16", "", "x", "10.150.7.x"]
)
def test_the_edge_accessories_and_strangers_are_in_no_slot(stranger: str) -> None:
    assert Addresses("10.150.7.0/24").slot_of(stranger) is None


def test_the_slots_trade_places() -> None:
    assert Slot.BLUE.other is Slot.GREEN
    assert Slot.GREEN.other is Slot.BLUE
