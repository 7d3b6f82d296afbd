"""One Compose model becomes four projects; nothing of the user's gets lost in silence."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from hitless.domain.container import NAME, RELEASE, ROLE, SERVICE, SLOT, Network
from hitless.domain.errors import AddressesTaken, StackUnsuitable
from hitless.domain.release import Release
from hitless.domain.settings import Proxy, Route, Settings, Web, Worker
from hitless.domain.slot import Slot
from hitless.stack.classify import check, notes
from hitless.stack.freeze import built, frozen
from hitless.stack.layout import Layout, in_order, instances
from hitless.stack.projects import (
    EdgeMounts,
    edge_project,
    public_port,
    shared_project,
    slot_project,
    volume_names,
)
from hitless.stack.subnet import candidate, choose, overlapping
from testing.service import MODEL, SETTINGS, SUBNET

LAYOUT = Layout("shop", SUBNET)
ALL_CANDIDATES = {candidate(number) for number in range(64 * 256)}


def model(**services: dict[str, Any]) -> dict[str, Any]:
    """The shop's model with keys added to some of its services."""
    merged = {name: {**s, **services.get(name, {})} for name, s in MODEL["services"].items()}
    return {**MODEL, "name": "shop", "services": merged}


def release(**services: dict[str, Any]) -> Release:
    kept = frozen(model(**services), SETTINGS)
    images = {name: f"sha256:{name}" for name in ("api", "site", "worker", "migrate")}
    return Release("41f9c2d0", "v1", "", 0.0, images, kept, SETTINGS)


def blue(**services: dict[str, Any]) -> dict[str, Any]:
    return slot_project(release(**services), Slot.BLUE, LAYOUT)


def problems(found: dict[str, Any], settings: Settings = SETTINGS) -> str:
    with pytest.raises(StackUnsuitable) as caught:
        check(found, settings)
    return "\n".join(caught.value.details)


def test_a_slot_holds_web_services_workers_and_the_migration() -> None:
    assert set(blue()["services"]) == {"blue-api", "blue-site", "blue-worker", "migrate"}
    assert blue()["name"] == "shop-blue"


def test_a_container_in_a_slot_has_a_name_address_image_and_labels_of_its_own() -> None:
    api = blue(api={"labels": {"mine": "yes"}, "environment": {"A": "1"}})["services"]["blue-api"]
    assert api["container_name"] == "shop-blue-api"
    assert api["image"] == "hitless/shop/api:41f9c2d0"
    assert api["pull_policy"] == "never"
    assert api["networks"]["main"] == {"ipv4_address": "10.150.7.16"}
    assert api["networks"]["slot"] == {"aliases": ["api"]}
    assert api["labels"] == {
        "mine": "yes",
        SERVICE: "shop",
        ROLE: "web",
        NAME: "api",
        RELEASE: "41f9c2d0",
        SLOT: "blue",
    }
    assert api["environment"] == {
        "A": "1",
        "HITLESS_RELEASE": "41f9c2d0",
        "HITLESS_SLOT": "blue",
        "HITLESS_VERSION": "v1",
    }


def test_what_ties_a_service_to_one_place_is_dropped_and_noted() -> None:
    tied = {
        "container_name": "the-api",
        "ports": [{"published": "9000", "target": 8000}],
        "depends_on": {"db": {"condition": "service_healthy"}},
        "networks": {"default": None},
        "deploy": {"replicas": 3, "resources": {"limits": {"memory": "1g"}}},
    }
    api = blue(api=tied)["services"]["blue-api"]
    assert not {"ports", "depends_on", "build"} & set(api)
    assert api["container_name"] == "shop-blue-api"
    assert api["deploy"] == {"resources": {"limits": {"memory": "1g"}}}
    told = "\n".join(notes(model(api=tied), SETTINGS))
    assert "api: container_name 'the-api' is dropped" in told
    assert "api: published port 9000 is dropped" in told


def test_a_worker_that_may_lose_jobs_is_noted() -> None:
    lossy = SETTINGS._replace(workers={"worker": Worker(accept_job_loss=True)})
    assert "worker: a deploy may lose jobs, as accept_job_loss says" in notes(model(), lossy)


def test_web_services_of_a_slot_start_in_their_own_order() -> None:
    ordered = {"depends_on": {"api": {"condition": "service_healthy"}, "db": {}}}
    site = blue(site=ordered, worker=ordered)["services"]["blue-site"]
    assert site["depends_on"] == {"blue-api": {"condition": "service_started", "required": True}}
    assert "depends_on" not in blue(worker=ordered)["services"]["blue-worker"]


def test_who_depends_on_others_is_asked_after_them() -> None:
    found = frozen(model(api={"depends_on": {"site": {}, "db": {}}}), SETTINGS)
    web = [one for one in instances(SETTINGS) if one.role == "web"]
    assert [one.name for one in web] == ["api", "site"]
    assert [[one.name for one in group] for group in in_order(web, found)] == [["site"], ["api"]]
    assert in_order(web, frozen(model(), SETTINGS)) == (tuple(web),)
    assert in_order((), found) == ()


def test_volumes_that_both_slots_share_are_noted() -> None:
    volumes = [
        {"type": "bind", "source": "/srv/pictures", "target": "/pictures"},
        {"type": "volume", "source": "data", "target": "/data"},
        {"type": "volume", "source": "data", "target": "/ro", "read_only": True},
    ]
    told = notes(model(api={"volumes": volumes}), SETTINGS)
    assert [line for line in told if line.startswith("api:")] == [
        "api: /srv/pictures is mounted as it is, not part of the release",
        "api: volume data is written by both slots",
    ]


def test_named_volumes_keep_their_real_names_and_are_external() -> None:
    volumes = [{"type": "volume", "source": "data", "target": "/data"}]
    project = blue(api={"volumes": volumes})
    assert project["volumes"] == {"data": {"name": "shop_data", "external": True}}
    assert volume_names(model(), SETTINGS) == ("shop_data",)
    assert "volumes" not in blue()


def test_volumes_of_ignored_services_are_none_of_our_business() -> None:
    settings = SETTINGS._replace(accessories=(), ignore=("db",))
    assert volume_names(model(), settings) == ()


def test_a_volume_without_a_name_keeps_its_key() -> None:
    bare = {**model(), "volumes": {}}
    assert volume_names(bare, SETTINGS) == ("data",)


def test_replicas_have_names_and_addresses_of_their_own() -> None:
    settings = SETTINGS._replace(web={"api": Web(8000, "/ready", 2), "site": Web(8000, "/")})
    found = instances(settings)
    assert [one.name for one in found] == ["api", "api-2", "site", "worker"]
    project = slot_project(release()._replace(settings=settings), Slot.GREEN, LAYOUT)
    second = project["services"]["green-api-2"]
    assert second["container_name"] == "shop-green-api-2"
    assert second["networks"]["slot"] == {"aliases": ["api", "api-2"]}
    addresses = [s["networks"]["main"] for n, s in project["services"].items() if n != "migrate"]
    assert [a["ipv4_address"] for a in addresses] == [f"10.150.7.{n}" for n in range(112, 116)]


def test_no_container_gets_an_address_that_the_engine_may_give_to_another() -> None:
    many = SETTINGS._replace(web={f"w{n}": Web(80, "/", 16) for n in range(5)}, workers={})
    dynamic = IPv4Network(LAYOUT.addresses.dynamic_range())
    given = [LAYOUT.address(slot, one) for slot in Slot for one in instances(many)]
    assert len(set(given)) == 160
    assert not [a for a in given if IPv4Address(a) in dynamic]


def test_the_migration_runs_once_with_the_new_image_and_another_command() -> None:
    migrate = blue(migrate={"healthcheck": {"test": ["CMD", "true"]}, "restart": "always"})
    service = migrate["services"]["migrate"]
    assert service["image"] == "hitless/shop/migrate:41f9c2d0"
    assert service["restart"] == "no"
    assert service["labels"][ROLE] == "migration"
    assert not {"healthcheck", "command", "container_name"} & set(service)
    assert SETTINGS.migrations
    other = SETTINGS.migrations._replace(command=("alembic", "upgrade", "head"))
    changed = release()._replace(settings=SETTINGS._replace(migrations=other))
    found = slot_project(changed, Slot.BLUE, LAYOUT)["services"]["migrate"]
    assert found["command"] == ["alembic", "upgrade", "head"]


def test_without_migrations_there_is_no_one_shot_service() -> None:
    plain = release()._replace(settings=SETTINGS._replace(migrations=None))
    assert "migrate" not in slot_project(plain, Slot.BLUE, LAYOUT)["services"]


def test_accessories_keep_their_ports_and_the_order_among_themselves() -> None:
    settings = SETTINGS._replace(accessories=("db", "queue"))
    needs = {"db": {"condition": "service_healthy"}, "api": {"condition": "service_started"}}
    ports = [{"target": 5432, "published": "5432", "host_ip": "127.0.0.1"}]
    found = model(db={"ports": ports})
    found["services"]["queue"] = {"image": "nats", "depends_on": needs}
    project = shared_project(frozen(found, settings), settings, LAYOUT)
    assert set(project["services"]) == {"db", "queue"}
    assert project["services"]["db"]["ports"] == ports
    assert project["services"]["queue"]["depends_on"] == {"db": needs["db"]}
    assert project["services"]["db"]["labels"][ROLE] == "accessory"
    assert SLOT not in project["services"]["db"]["labels"]


def test_the_edge_keeps_the_users_image_and_ports_and_gets_our_configuration() -> None:
    user = {
        "command": ["nginx", "-g", "daemon off;"],
        "user": "root",
        "volumes": [{"type": "volume", "source": "data", "target": "/certs"}],
    }
    mounts = EdgeMounts("/home", "/home/edge/config", "/home/edge/state")
    project = edge_project(frozen(model(nginx=user), SETTINGS), SETTINGS, LAYOUT, mounts)
    edge = project["services"]["edge"]
    assert edge["image"] == "nginx:1"
    assert edge["container_name"] == "shop-edge"
    assert edge["networks"] == {"main": {"ipv4_address": "10.150.7.2"}}
    assert edge["ports"][0] == MODEL["services"]["nginx"]["ports"][0]
    assert edge["ports"][1] == {"target": 8081, "host_ip": "127.0.0.1", "protocol": "tcp"}
    assert edge["read_only"] is True
    assert not {"command", "user", "healthcheck"} & set(edge)
    assert [v["target"] for v in edge["volumes"]] == ["/certs", "/etc/hitless", "/state"]
    assert all(v["read_only"] for v in edge["volumes"][1:])
    assert project["volumes"] == {"data": {"name": "shop_data", "external": True}}


def test_secrets_and_configs_that_a_service_uses_come_along() -> None:
    found = model(api={"secrets": [{"source": "token"}], "configs": ["shop.ini"]})
    found["secrets"] = {"token": {"file": "/run/token"}, "other": {"file": "/run/other"}}
    found["configs"] = {"shop.ini": {"file": "/srv/shop.ini"}}
    kept = frozen(found, SETTINGS)
    assert kept["secrets"] == {"token": {"file": "/run/token"}}
    project = slot_project(release()._replace(compose=kept), Slot.BLUE, LAYOUT)
    assert project["secrets"] == {"token": {"file": "/run/token"}}
    assert project["configs"] == {"shop.ini": {"file": "/srv/shop.ini"}}


def test_a_release_does_not_depend_on_how_its_images_were_built() -> None:
    assert frozen(model(api={"build": {"context": "/a"}}), SETTINGS) == frozen(
        model(api={"build": {"context": "/b"}}), SETTINGS
    )
    assert built(model(), ("api", "db", "nginx", "worker")) == ("api", "worker")


def test_the_users_port_is_the_first_that_the_edge_publishes() -> None:
    ports = [{"target": 8443, "published": "443", "host_ip": "127.0.0.1"}]
    assert public_port(model(), SETTINGS) == ("0.0.0.0", 18080, 8080)  # noqa: S104
    assert public_port(model(nginx={"ports": ports}), SETTINGS) == ("127.0.0.1", 443, 8443)


def test_a_right_stack_has_no_problems() -> None:
    check(model(), SETTINGS)


def test_a_service_without_a_part_is_refused_unless_ignored() -> None:
    found = model()
    found["services"]["mailhog"] = {"image": "mailhog"}
    assert "service 'mailhog' has no part in hitless.yaml" in problems(found)
    check(found, SETTINGS._replace(ignore=("mailhog",)))


def test_all_problems_of_a_stack_are_told_at_once() -> None:
    anonymous = {"volumes": [{"type": "volume", "target": "/cache"}]}
    found = model(api=anonymous, worker={"network_mode": "host"}, nginx={"ports": []})
    del found["services"]["db"]
    told = problems(found)
    assert "service 'api' has an anonymous volume at /cache" in told
    assert "service 'worker' uses network_mode host" in told
    assert "proxy service 'nginx' publishes no port" in told
    assert "hitless.yaml names service 'db', which the Compose files do not have" in told


def test_an_accessory_may_have_an_anonymous_volume() -> None:
    check(model(db={"volumes": [{"type": "volume", "target": "/tmp/x"}]}), SETTINGS)  # noqa: S108


def test_a_worker_may_be_the_one_that_migrates() -> None:
    assert SETTINGS.migrations
    settings = SETTINGS._replace(migrations=SETTINGS.migrations._replace(service="worker"))
    found = model()
    del found["services"]["migrate"]
    check(found, settings)
    only = Settings(
        "s", ("c",), Proxy("n", (Route("/", "w"),)), {"w": Web(1, "/")}, {"k": Worker()}
    )
    assert [one.name for one in instances(only)] == ["w", "k"]


OTHERS = (
    Network("1", "bridge", ("172.17.0.0/16",)),
    Network("2", "v6", ("fd00::/64",)),
    Network("3", "host", ()),
)


def test_a_service_keeps_the_subnet_that_its_network_has() -> None:
    networks = (*OTHERS, Network("4", "shop-net", ("10.140.1.0/24",)))
    assert choose("shop", "shop-net", "10.150.7.0/24", networks) == "10.140.1.0/24"


def test_a_wish_goes_before_a_choice() -> None:
    assert choose("shop", "shop-net", "192.168.9.0/24", OTHERS) == "192.168.9.0/24"


def test_the_choice_is_the_same_on_every_machine_where_it_is_free() -> None:
    chosen = choose("shop", "shop-net", None, OTHERS)
    assert chosen == choose("shop", "shop-net", None, ())
    assert chosen in ALL_CANDIDATES
    taken = (*OTHERS, Network("5", "vpn", (chosen,)))
    other = choose("shop", "shop-net", None, taken)
    assert other in ALL_CANDIDATES
    assert other != chosen
    assert overlapping(chosen, taken) == "vpn"
    assert overlapping(other, taken) == ""


def test_a_machine_without_a_free_subnet_is_told() -> None:
    with pytest.raises(AddressesTaken, match=r"no /24 below 10\.128\.0\.0/10 is free"):
        choose("shop", "shop-net", None, (Network("6", "all", ("10.128.0.0/9",)),))
