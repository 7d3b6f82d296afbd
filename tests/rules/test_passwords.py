"""A server asks for a password only together with all who have to know it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.documents import env_file
from hitless.documents.interpolation import interpolate
from hitless.fix.plan import FixPlan, Wish, plan

RULES = rules()
API = "  api:\n    image: shop:1\n    environment:\n      ADDRESS: {address}  # ours\n"
CACHE = "  cache:\n    image: redis:8\n"
DB = "  db:\n    image: postgres:17\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust\n"
NATS = '  nats:\n    image: nats:2.10\n    command: ["-js"]\n'
SECRET = "s3cret"  # noqa: S105  # of no use to anybody


def fixed(texts: dict[str, str]) -> FixPlan:
    wish = Wish("2026-01-01", frozenset(("SE04",)), unsafe=True)
    return plan(MemoryFiles(texts), RULES, wish)


def composed(*services: str) -> dict[str, str]:
    return {"compose.yml": f"services:\n{''.join(services)}"}


def after(texts: dict[str, str]) -> dict[str, str]:
    found = fixed(texts)
    assert [one.reason for told in found.told for one in told.refusals] == []
    return {**texts, **{one.path: one.after for one in found.files}}


def services(texts: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(after(texts)["compose.yml"])["services"]
    return found


def resolved(text: str) -> str:
    """As Compose would give it, with every password set."""
    names = ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "NATS_PASSWORD")
    return interpolate(text, dict.fromkeys(names, SECRET))


@pytest.mark.parametrize(
    ("server", "address", "wanted"),
    [
        (CACHE, "redis://cache:6379/0", f"redis://:{SECRET}@cache:6379/0"),
        (CACHE, "redis://cache", f"redis://:{SECRET}@cache"),
        (CACHE, "'${REDIS_URL:-redis://cache/1}'", f"redis://:{SECRET}@cache/1"),
        (NATS, "nats://nats:4222", f"nats://nats:{SECRET}@nats:4222"),
        (DB, "postgresql://postgres@db/shop", f"postgresql://postgres:{SECRET}@db/shop"),
        (
            DB,
            "postgresql+asyncpg://postgres@db:5432/shop?x=1",
            f"postgresql+asyncpg://postgres:{SECRET}@db:5432/shop?x=1",
        ),
        (
            CACHE,
            '"redis://cache:6379,redis://cache:6380"',
            f"redis://:{SECRET}@cache:6379,redis://:{SECRET}@cache:6380",
        ),
    ],
)
def test_each_client_has_the_password_in_its_address(
    server: str, address: str, wanted: str
) -> None:
    texts = composed(API.format(address=address), server)
    assert resolved(services(texts)["api"]["environment"]["ADDRESS"]) == wanted
    assert "  # ours\n" in after(texts)["compose.yml"]
    assert after(after(texts)) == after(texts)


def test_a_list_of_variables_is_changed_in_place() -> None:
    api = "  api:\n    image: shop:1\n    environment:\n      - A=1\n      - URL=redis://cache/0\n"
    made = services(composed(api, CACHE))["api"]["environment"]
    assert [resolved(one) for one in made] == ["A=1", f"URL=redis://:{SECRET}@cache/0"]


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("", ["redis-server", "--requirepass", SECRET]),
        ('    command: [redis-server, "--save", "60 1"]\n', None),
        ("    command: redis-server --appendonly yes\n", None),
    ],
)
def test_redis_asks_for_it_and_its_healthcheck_knows_it(
    command: str, wanted: list[str] | None
) -> None:
    check = "    healthcheck: {test: [CMD, redis-cli, ping]}\n"
    texts = composed(API.format(address="redis://cache"), CACHE, command, check)
    made = services(texts)["cache"]
    words = made["command"] if isinstance(made["command"], list) else made["command"].split()
    told = [resolved(one) for one in words]
    assert told[-2:] == ["--requirepass", SECRET]
    assert wanted is None or told == wanted
    assert resolved(made["environment"]["REDISCLI_AUTH"]) == SECRET


def test_postgres_trusts_nobody_any_more_and_nats_has_one_user() -> None:
    made = services(composed(API.format(address="postgresql://postgres@db/x"), DB))
    assert made["db"]["environment"] == {"POSTGRES_PASSWORD": "${POSTGRES_PASSWORD:?}"}
    made = services(composed(API.format(address="nats://nats"), NATS))
    assert made["nats"]["command"] == ["-js", "--user", "nats", "--pass", "${NATS_PASSWORD:?}"]


def test_an_example_that_is_copied_gives_every_client_the_same_password() -> None:
    example = "# ours\nA=1\nNATS_URL=nats://nats:4222\nB=2\n"
    api = "  api:\n    image: shop:1\n    env_file: .env\n"
    made = after({**composed(api, NATS), ".env.example": example})[".env.example"]
    assert made.startswith("# ours\nA=1\n# A secret")
    filled = made.replace("NATS_PASSWORD=\n", f"NATS_PASSWORD={SECRET}\n")
    values: dict[str, str] = {}
    for one in env_file.parse(filled, ".env"):  # as Compose reads it, from top to bottom
        values[one.name] = interpolate(one.value, values)
    assert values["NATS_URL"] == f"nats://nats:{SECRET}@nats:4222"


def test_the_variable_is_shown_where_no_example_has_the_address() -> None:
    texts = composed(API.format(address="redis://cache"), CACHE)
    assert after(texts)[".env.example"].endswith("REDIS_PASSWORD=\n")
    shown = after({**texts, ".env.example": "A=1\n"})[".env.example"]
    assert shown.startswith("A=1\n")
    assert shown.endswith("REDIS_PASSWORD=\n")


URL = API.format(address="redis://cache")
MYSQL = "  db: {image: 'mysql:8', environment: {MYSQL_ALLOW_EMPTY_PASSWORD: 1}}\n"
LISTED = "  db:\n    image: postgres:17\n    environment: [POSTGRES_HOST_AUTH_METHOD=trust]\n"


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (composed(CACHE), "no address of cache was found"),
        (composed(API.format(address="cache"), CACHE), "api by ADDRESS finds cache"),
        (composed(API.format(address="cache:6379"), CACHE), "api by ADDRESS finds cache"),
        (composed(API.format(address="'${H:-cache}'"), CACHE), "api by ADDRESS finds cache"),
        (composed(API.format(address="redis://me@cache/0"), CACHE), "api by ADDRESS finds cache"),
        (composed(API.format(address="postgresql://db/x"), DB), "api by ADDRESS finds db"),
        (composed(API.format(address="postgresql://me@db/x"), DB), "a client is me"),
        (
            {**composed(URL, CACHE), "a.py": 'URL = os.getenv("URL", "redis://cache:6379")\n'},
            "a.py connects to cache without a password",
        ),
        (
            {**composed(URL, CACHE), "celery.toml": 'broker = "redis://cache/0"\n'},
            "celery.toml connects to cache without a password",
        ),
        (composed(URL, CACHE, "    command: sh -c 'redis-server'\n"), "not started by"),
        (composed(NATS.replace('    command: ["-js"]\n', "")), "no command"),
        (composed(MYSQL), "keeps"),
        (composed("  db: {image: 'mongo:8'}\n"), "keeps the accounts that it has"),
        (composed(LISTED), "is a list"),
        (composed(DB, "      POSTGRES_PASSWORD: x\n"), "clients may use another one"),
    ],
)  # fmt: skip
def test_nothing_is_changed_where_somebody_would_be_shut_out(
    texts: dict[str, str], reason: str
) -> None:
    found = fixed(texts)
    assert found.files == ()
    assert reason in " / ".join(one.reason for told in found.told for one in told.refusals)


@pytest.mark.parametrize(
    "other", ["redis://cache-two:6379", "redis://:x@cache/0", "http://my.cache/x", "the cache"]
)
def test_another_host_and_a_client_with_a_password_stay_as_they_are(other: str) -> None:
    more = f"  web: {{image: 'web:1', environment: {{OTHER: '{other}'}}}}\n"
    assert services(composed(URL, CACHE, more))["web"]["environment"] == {"OTHER": other}
