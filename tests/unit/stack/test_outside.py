"""Addresses of databases and brokers are found in a service's environment, however written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.stack.outside import hosts, outside
from testing.service import MODEL, SETTINGS

URLS = {
    "postgres://db.example.com/shop": ("db.example.com",),
    "postgresql+asyncpg://u:p@db.example.com:5432/shop?ssl=on": ("db.example.com",),
    "postgres://u:p@ss/w@db.example.com/shop": ("db.example.com",),
    "jdbc:mysql://DB.example.com:3306/shop": ("db.example.com",),
    "mongodb://u:p@a.example.com:1,b.example.com:2/shop": ("a.example.com", "b.example.com"),
    "redis://[2001:db8::1]:6379/0": ("2001:db8::1",),
    "nats://queue:4222": ("queue",),
    "sqlite:////data/shop.db": (),
    "https://payments.example.com/v1": (),
    "postgres://": ("",),
    "": (),
}
NAMED = {
    ("PGHOST", "db.example.com"): ("db.example.com",),
    ("PGHOST", "/var/run/postgresql"): (),
    ("DB_HOST", "db.example.com:5432"): ("db.example.com",),
    ("APP_REDIS_HOST", "cache"): ("cache",),
    ("KAFKA_BOOTSTRAP_SERVERS", "k1:9092,k2:9092"): ("k1", "k2"),
    ("DATABASE_ADDRESS", "2001:db8::1"): ("2001:db8::1",),
    ("VIRTUAL_HOST", "shop.example.com"): (),
    ("HOST", "anything"): (),
    ("DB_HOST", ""): (),
}


@pytest.mark.parametrize("url", URLS)
def test_an_address_tells_its_hosts(url: str) -> None:
    assert hosts("ANYTHING", url) == URLS[url]


@pytest.mark.parametrize(("variable", "value"), NAMED)
def test_a_variable_is_known_by_its_name(variable: str, value: str) -> None:
    assert [one for one in hosts(variable, value) if one] == list(NAMED[variable, value])


@given(st.text(), st.text())
def test_nothing_that_may_be_in_an_environment_breaks_it(variable: str, value: str) -> None:
    assert isinstance(hosts(variable, value), tuple)


def test_services_of_the_stack_and_this_container_are_not_outside() -> None:
    inside = {"DATABASE_URL": "postgres://u:p@db/x", "REDIS_URL": "redis://localhost", "N": None}
    services = {**MODEL["services"], "api": {**MODEL["services"]["api"], "environment": inside}}
    assert list(outside({**MODEL, "services": services}, SETTINGS)) == []
