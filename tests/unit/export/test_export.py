"""Manifests for projects as people have them, and for those that mean harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.repository import Repository
from hitless.config.load import parse
from hitless.domain.errors import NotExportable
from hitless.domain.finding import Persona, Standing
from hitless.export.kubernetes import Export, export

SECRET = "correct-horse"  # noqa: S105  # what must not be found
WEB: dict[str, Any] = {"image": "registry.example/web:1", "mem_limit": "67108864", "user": "1000"}
HITLESS = """
service: shop
proxy: {port: 80, routes: [{path: /, service: web}]}
web: {web: {port: 8000, ready: /ready}}
"""
JOBS = "workers: {job: {%s}}\n"


def exported(services: dict[str, Any], hitless: str = HITLESS, **model: Any) -> Export:
    whole = {"name": "shop", "services": services, **model}
    return export(whole, parse(hitless, "hitless.yaml"), "v1")


def objects(made: Export) -> list[dict[str, Any]]:
    texts = [text for name, text in made.files.items() if name.endswith(".yaml")]
    return [one for text in texts for one in yaml.safe_load_all(text)]


def one(made: Export, kind: str, name: str = "web") -> dict[str, Any]:
    return next(o for o in objects(made) if (o["kind"], o["metadata"]["name"]) == (kind, name))


def pod(made: Export, name: str = "web") -> dict[str, Any]:
    found: dict[str, Any] = one(made, "Deployment", name)["spec"]["template"]["spec"]
    return found


def container(made: Export, name: str = "web") -> dict[str, Any]:
    found: dict[str, Any] = pod(made, name)["containers"][0]
    return found


def said(made: Export) -> str:
    return "\n".join(made.notes)


def test_an_update_takes_nobody_away_before_somebody_else_is_ready() -> None:
    made = exported({"web": WEB})
    spec = one(made, "Deployment")["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert spec["replicas"] == 2
    assert one(made, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    inner = container(made)
    assert inner["lifecycle"]["preStop"] == {"sleep": {"seconds": 5}}
    assert inner["readinessProbe"]["httpGet"] == {"path": "/ready", "port": 8000}
    assert "httpGet" not in {**inner["livenessProbe"], **inner["startupProbe"]}


@pytest.mark.parametrize(("grace", "seconds"), [("10s", 40), ("2m0s", 130), (None, 40)])
def test_the_kill_comes_after_the_sleep_and_the_drain(grace: str | None, seconds: int) -> None:
    made = exported({"web": {**WEB, "stop_grace_period": grace}})
    assert pod(made)["terminationGracePeriodSeconds"] == seconds


@pytest.mark.parametrize("handover", ["stop-first", "singleton"])
def test_what_must_never_run_twice_is_recreated(handover: str) -> None:
    made = exported({"web": WEB, "job": WEB}, HITLESS + JOBS % f"handover: {handover}")
    spec = one(made, "Deployment", "job")["spec"]
    assert (spec["strategy"], spec["replicas"]) == ({"type": "Recreate"}, 1)
    assert not any(o["kind"] == "Service" for o in objects(made) if o["metadata"]["name"] == "job")


def test_a_worker_that_may_overlap_is_ready_before_the_old_one_ends() -> None:
    made = exported({"web": WEB, "job": WEB}, HITLESS + JOBS % "port: 9000, ready: /r")
    spec = one(made, "Deployment", "job")["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert container(made, "job")["readinessProbe"]["httpGet"]["path"] == "/r"
    assert "lifecycle" not in container(made, "job")


def test_without_port_and_healthcheck_it_is_said_that_nothing_tells_readiness() -> None:
    services = {"web": WEB, "job": {**WEB, "healthcheck": {"test": ["NONE"]}}}
    made = exported(services, HITLESS + JOBS % "")
    assert "readinessProbe" not in container(made, "job")
    assert "job: nothing tells whether it is ready" in said(made)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_TOKEN", SECRET),
        ("DATABASE_URL", f"postgres://shop:{SECRET}@db/shop"),
        ("DSN", f"host=db password={SECRET}"),
        ("ANYTHING", "sk_live_" + "a1" * 12),
        ("KEY", "-----BEGIN PRIVATE KEY-----\nMIIE\n"),
        ("SHORT_PASSWORD", "x"),
    ],
)
def test_the_value_of_a_secret_is_in_no_file(name: str, value: str) -> None:
    made = exported({"web": {**WEB, "environment": {name: value, "COPY": f"{value}!"}}})
    assert value not in json.dumps(objects(made)) or len(value) == 1
    [found] = [e for e in container(made)["env"] if e["name"] == name]
    assert found["valueFrom"] == {"secretKeyRef": {"name": "shop-secrets", "key": name}}
    assert f'--from-literal={name}="${name}"' in made.files["README.md"]


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=8, max_size=40))
def test_no_secret_slips_through_in_another_place(secret: str) -> None:
    written = "never-" + secret.replace("$", "$$")
    service = {
        **WEB,
        "environment": {"A_SECRET": written, "OTHER": f"x{written}y"},
        "command": ["run", f"--key={written}", "--password", f"{written}-too", written],
        "healthcheck": {"test": ["CMD", "ask", written], "interval": "1s"},
    }
    made = exported({"web": WEB, "job": service}, HITLESS + JOBS % "")
    assert all("never-" not in text for text in made.files.values())
    assert "its healthcheck contains a secret" in said(made)
    assert container(made, "job")["args"][-1] == "$(A_SECRET)"


def test_a_secret_that_differs_between_services_has_a_key_for_each() -> None:
    services = {
        "web": {**WEB, "environment": {"KEY_SECRET": "one"}},
        "job": {**WEB, "environment": {"KEY_SECRET": "two"}},
    }
    made = exported(services, HITLESS + JOBS % "")
    keys = [container(made, n)["env"][0]["valueFrom"]["secretKeyRef"]["key"] for n in services]
    assert keys == ["web.KEY_SECRET", "job.KEY_SECRET"]


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        max_size=4,
    )
)
def test_every_value_arrives_as_it_was_meant(values: dict[str, str]) -> None:
    compose = {name: value.replace("$", "$$") for name, value in values.items()}
    made = exported({"web": {**WEB, "environment": compose}})
    data = one(made, "ConfigMap", "web-env")["data"]
    hidden = {e["name"] for e in container(made).get("env", ())}
    assert data == {n: v for n, v in values.items() if n not in hidden} | {"HITLESS_VERSION": "v1"}


@pytest.mark.parametrize(
    "value",
    ["012", "1e3", "0x1F", "1:20", "on", "No", "null", "~", "2026-01-01", ".inf", "=", "<<"],
)
def test_what_looks_like_something_else_stays_text(value: str) -> None:
    made = exported({"web": {**WEB, "environment": {"V": value}}})
    assert f'\n  V: "{value}"\n' in made.files["web.yaml"]
    assert one(made, "ConfigMap", "web-env")["data"]["V"] == value


@pytest.mark.parametrize("name", ["NO", "on", "y", "Null", "True"])
def test_a_variable_may_have_any_name(name: str) -> None:
    made = exported({"web": {**WEB, "environment": {name: "1"}}})
    assert one(made, "ConfigMap", "web-env")["data"][name] == "1"


def test_a_dollar_of_a_command_is_not_read_by_kubernetes() -> None:
    made = exported({"web": {**WEB, "command": ["$$HOME", "$$(A)", "$$$$", "a$$"]}})
    assert container(made)["args"] == ["$HOME", "$$(A)", "$$$", "a$"]


def test_an_entrypoint_that_was_taken_away_stays_away() -> None:
    made = exported({"web": {**WEB, "entrypoint": [], "command": ["run"]}})
    assert container(made)["command"] == ["run"]
    assert "args" not in container(made)


def test_variables_that_no_config_map_holds_are_told_before_anything_is_written() -> None:
    with pytest.raises(NotExportable, match="take 298 KiB"):
        exported({"web": {**WEB, "environment": {"HUGE": "x" * 306_000}}})
    with pytest.raises(NotExportable) as error:
        exported({"web": {**WEB, "environment": {"a b": "1", "ok": "1"}}})
    assert error.value.details == ("web: 'a b'",)


@pytest.mark.parametrize(
    ("image", "note"),
    [
        ("web", "image web has no fixed tag"),
        ("registry.example:5000/web", "has no fixed tag"),
        ("registry.example/web:latest", "has no fixed tag"),
    ],
)
def test_an_image_without_a_fixed_tag_is_told(image: str, note: str) -> None:
    assert note in said(exported({"web": {**WEB, "image": image}}))


def test_a_fixed_image_is_not_told() -> None:
    for image in ("registry.example:5000/web:1", f"registry.example/web@sha256:{'0' * 64}"):
        assert "image" not in said(exported({"web": {**WEB, "image": image}})).replace("images", "")


def test_an_image_that_is_built_here_is_to_be_pushed_first() -> None:
    made = exported({"web": {"build": {"context": "."}, "mem_limit": "67108864"}})
    assert container(made)["image"] == "shop-web"
    assert "image shop-web is built here and names no registry" in said(made)


def test_names_that_are_no_dns_labels_are_changed_and_told() -> None:
    names = ["my_api", "my-api", "My.API", "1st", "a" * 80, "ingress"]
    hitless = (
        "service: shop\nproxy: {port: 80, routes: ["
        + "".join(f"{{path: /{number}, service: {name}}}, " for number, name in enumerate(names))
        + "]}\nweb: {"
        + "".join(f"{name}: {{port: 80, ready: /}}, " for name in names)
        + "}\n"
    )
    made = exported(dict.fromkeys(names, WEB), hitless)
    found = [o["metadata"]["name"] for o in objects(made) if o["kind"] == "Service"]
    assert len(set(found)) == len(names)
    assert "my-api" in found
    assert all(len(name) <= 63 and name[0].isalpha() for name in found)
    assert "my_api is called my-api-" in said(made)
    assert "my-api is called" not in said(made)


def test_ranges_of_ports_are_written_out_up_to_a_limit() -> None:
    ports = [{"target": n, "published": str(n), "protocol": "tcp"} for n in range(9000, 9300)]
    services = {"web": {**WEB, "expose": ["7000-7002", "53/udp", "1-65535"], "ports": ports}}
    made = exported(services)
    found = one(made, "Service")["spec"]["ports"]
    assert [p["port"] for p in found[:5]] == [8000, 7000, 7001, 7002, 53]
    assert found[4]["protocol"] == "UDP"
    assert len(found) == 100
    assert "ports 1-65535, 9095, 9096, 9097, 9098, 9099 and 200 more are too many" in said(made)


def test_what_was_mounted_from_the_machine_is_told_and_left_out() -> None:
    bind = {"type": "bind", "source": "/home/me/conf", "target": "/etc/conf"}
    made = exported({"web": {**WEB, "volumes": [bind]}})
    assert "volumes" not in pod(made)
    assert "web: /etc/conf was mounted from this machine" in said(made)


def test_nothing_of_compose_is_left_out_in_silence() -> None:
    odd = {"ulimits": {"nofile": 1}, "never_heard_of": [1], "x-mine": 1, "labels": {"a": "b"}}
    found = said(exported({"web": {**WEB, **odd}}))
    assert "ulimits of web: " in found
    assert "never_heard_of of web: has no counterpart" in found
    assert "x-mine" not in found


def test_root_and_unknown_users_are_told() -> None:
    root = exported({"web": {**WEB, "user": "root"}})
    assert container(root)["securityContext"] == {"runAsUser": 0}
    assert "web: runs as root" in said(root)
    for user in ("app", "", None):
        named = exported({"web": {**WEB, "user": user}})
        assert container(named)["securityContext"] == {"runAsNonRoot": True}
        assert "must be a number" in said(named)


@pytest.mark.parametrize(
    ("compose", "requests", "limits"),
    [
        ({"mem_limit": "67108864"}, ("100m", "64Mi"), {"memory": "64Mi"}),
        ({"mem_limit": "1000"}, ("100m", "1000"), {"memory": "1000"}),
        ({"cpus": 0.05, "mem_limit": "0"}, ("50m", "128Mi"), {"cpu": "50m"}),
        (
            {"deploy": {"resources": {
                "limits": {"cpus": "0.5", "memory": "1048576"},
                "reservations": {"cpus": "2", "memory": "2097152"},
            }}},
            ("500m", "1Mi"),
            {"cpu": "500m", "memory": "1Mi"},
        ),
    ],
)  # fmt: skip
def test_nobody_asks_for_more_than_is_allowed(
    compose: dict[str, Any], requests: tuple[str, str], limits: dict[str, str]
) -> None:
    found = container(exported({"web": {"image": "a.b/web:1", **compose}}))["resources"]
    assert tuple(found["requests"].values()) == requests
    assert found["limits"] == limits


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("", None),
        (":size=64m,mode=1777", "64Mi"),
        (":mode=1777,size=2G", "2Gi"),
        (":size=50%", None),
    ],
)
def test_a_tmpfs_is_memory_of_the_same_size(options: str, size: str | None) -> None:
    made = exported({"web": {**WEB, "read_only": True, "tmpfs": [f"/run/a_b{options}"]}})
    [volume] = pod(made)["volumes"]
    assert volume["emptyDir"].get("sizeLimit") == size
    assert container(made)["volumeMounts"] == [{"name": volume["name"], "mountPath": "/run/a_b"}]


def test_a_volume_that_pods_share_is_asked_for_as_such() -> None:
    mounts = [{"type": "volume", "source": "files", "target": "/files"}]
    both = {"web": {**WEB, "volumes": mounts}, "job": {**WEB, "volumes": []}}
    alone = {"web": WEB, "job": {**WEB, "volumes": mounts}}
    for services, mode in ((both, "ReadWriteMany"), (alone, "ReadWriteOnce")):
        made = exported(services, HITLESS + JOBS % "handover: singleton", volumes={"files": {}})
        assert one(made, "PersistentVolumeClaim", "files")["spec"]["accessModes"] == [mode]


def test_limits_are_not_invented() -> None:
    made = exported({"web": {"image": "registry.example/web:1", "user": "5"}})
    assert "limits" not in container(made)["resources"]
    assert "web: Compose limits no memory" in said(made)


def test_the_same_files_give_the_same_manifests() -> None:
    services = {"web": {**WEB, "environment": {"B": "1", "A": "2"}}}
    again = {"web": {**WEB, "environment": {"A": "2", "B": "1"}}}
    assert exported(services) == exported(again)


def test_our_own_rules_find_nothing() -> None:
    job = {**WEB, "healthcheck": {"test": ["CMD", "check"]}}
    made = exported({"web": WEB, "job": job}, HITLESS + JOBS % "handover: stop-first, replicas: 2")
    found = Repository(MemoryFiles({f"k8s/{name}": text for name, text in made.files.items()}))
    ours = [rule for rule in rules() if rule.id.startswith("K8")]
    report = audit(found, ours, today="2026-01-01", persona=Persona.PEDANTIC)
    assert list(report.findings) == []
    assert [result.standing for result in report.results] == [Standing.CHECKED] * 6
