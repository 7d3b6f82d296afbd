"""The dashboard's container: small, closed, and honest about what it does not have."""

import json
import re
import subprocess

import pytest

from conftest import Api, Stack

BASE = "nginxinc/nginx-unprivileged:1.27-alpine"
LARGEST = 3_000_000


def size(image: str) -> int:
    """Return an image's size in bytes."""
    command = ["docker", "image", "inspect", "--format", "{{.Size}}", image]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def test_the_image_adds_little_to_its_base(stack: Stack) -> None:
    assert size(stack.inspect("dashboard")["Image"]) - size(BASE) <= LARGEST


def test_the_container_is_closed(stack: Stack) -> None:
    found = stack.inspect("dashboard")
    assert found["HostConfig"]["ReadonlyRootfs"]
    assert found["HostConfig"]["CapDrop"] == ["ALL"]
    assert stack.compose("exec", "-T", "dashboard", "id", "-u").strip() not in {"", "0"}


def test_no_source_map_is_shipped(stack: Stack) -> None:
    files = stack.compose("exec", "-T", "dashboard", "ls", "/usr/share/nginx/html/assets")
    assert "index-" in files
    assert ".map" not in files


def test_hashed_files_are_kept_and_the_page_is_not(api: Api) -> None:
    page = api.http.get("/")
    assert page.headers["cache-control"] == "no-cache"
    script = re.search(r"/assets/index-[^\"]+\.js", page.text)
    assert script
    kept = api.http.get(script[0])
    assert kept.status_code == 200
    assert "immutable" in kept.headers["cache-control"]


@pytest.mark.parametrize("path", ["/assets/TasksPage-gone.js", "/metrics", "/nowhere", "/tasks/x"])
def test_an_unknown_path_is_not_answered_with_a_page(api: Api, path: str) -> None:
    answer = api.http.get(path)
    assert answer.status_code == 404
    assert 'id="root"' not in answer.text
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/", "/messages", "/messages/abc", "/tasks", "/system"])
def test_a_page_can_be_opened_by_its_address(api: Api, path: str) -> None:
    answer = api.http.get(path)
    assert answer.status_code == 200
    assert 'id="root"' in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_the_configuration_is_read_at_run_time(api: Api) -> None:
    answer = api.http.get("/config.json")
    assert json.loads(answer.text)["app_name"] == "Task Tracker"
    assert answer.headers["cache-control"] == "no-cache"


def test_health_means_that_the_page_is_there(stack: Stack) -> None:
    ask = ["wget", "-q", "-O", "-", "http://127.0.0.1:8080/healthz"]
    assert stack.compose("exec", "-T", "dashboard", *ask).strip() == "ok"
    image = stack.inspect("dashboard")["Image"]
    without_page = ["docker", "run", "--rm", "--tmpfs", "/usr/share/nginx/html", image]
    script = "nginx; wget -S -q -O - http://127.0.0.1:8080/healthz"
    asked = subprocess.run(
        [*without_page, "sh", "-c", script], capture_output=True, text=True, check=False
    )
    assert asked.returncode != 0
    assert "503" in asked.stderr
