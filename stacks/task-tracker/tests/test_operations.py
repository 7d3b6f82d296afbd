"""What operators and deploy tools rely on."""

from conftest import Api, Stack


def test_the_version_is_bare_text_and_json_on_request(api: Api, version: str) -> None:
    bare = api.http.get("/api/version")
    assert bare.headers["content-type"].startswith("text/plain")
    assert bare.text == version
    full = api.http.get("/api/version", headers={"Accept": "application/json"}).json()
    assert full["version"] == version
    assert (full["release"], full["slot"]) == ("r-test", "blue")
    assert full["schema"]


def test_every_answer_names_its_release_and_request(api: Api) -> None:
    for path in ("/api/health", "/api/messages", "/api/nothing", "/api/version"):
        headers = api.http.get(path, headers={"X-Request-Id": "abc"}).headers
        assert headers["x-release"] == "r-test"
        assert headers["x-request-id"] == "abc"
        assert headers["cache-control"] == "no-store"


def test_readiness_names_every_check(api: Api) -> None:
    status, body = api.ready()
    assert (status, body["status"]) == (200, "ready")
    assert set(body["checks"]) == {"database", "schema", "embedding", "nats", "draining"}


def test_metrics_count_requests_by_version_and_slot_and_are_not_public(
    api: Api, stack: Stack, version: str
) -> None:
    assert api.http.get("/metrics").status_code == 404
    for _ in range(20):
        api.http.get("/api/tasks?limit=1")
    status, text = stack.inside("api", "http://127.0.0.1:8000/metrics")
    assert status == 200
    line = f'method="GET",route="/api/tasks",slot="blue",status="200",version="{version}"'
    counted = next(row for row in text.splitlines() if line in row)
    assert float(counted.rsplit(" ", 1)[1]) >= 20


def test_the_worker_answers_from_its_own_process(api: Api, stack: Stack, version: str) -> None:
    api.processed(api.post("Search shows no results").json()["id"])
    for path, expected in (("/health", "ok"), ("/ready", "ready"), ("/version", version)):
        status, body = stack.inside("worker", f"http://127.0.0.1:8080{path}")
        assert status == 200
        assert expected in body
    _, text = stack.inside("worker", "http://127.0.0.1:8080/metrics")
    for metric in (
        'jobs_total{job="process_message",outcome="done"',
        'what="loop_lag_seconds"',
        'what="fetch_age_seconds"',
        'what="queue_pending"',
    ):
        assert metric in text


def test_containers_run_without_rights_they_do_not_need(api: Api, stack: Stack) -> None:
    assert api.is_ready()
    for service in ("api", "worker", "dashboard", "nginx", "nats"):
        host = stack.inspect(service)["HostConfig"]
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert host["Memory"] > 0, service
        assert host["LogConfig"]["Config"]["max-size"] == "10m", service
        assert bool(host["PortBindings"]) == (service == "nginx"), service
    for service in ("api", "worker"):
        config = stack.inspect(service)["Config"]
        assert config["User"] == "10001:10001"
        assert config["Healthcheck"]["Test"][0] == "CMD"


def test_the_models_match_the_migrations(api: Api, stack: Stack) -> None:
    assert api.is_ready()
    assert "No new upgrade operations" in stack.compose(
        "run", "--rm", "migrate", "alembic", "check"
    )


def test_migrations_run_twice_at_once_and_again(api: Api, stack: Stack) -> None:
    """Two migrators wait for each other; a third run finds nothing to do."""
    script = "alembic upgrade head & alembic upgrade head & wait %1 && wait %2 && alembic current"
    printed = stack.compose("run", "--rm", "migrate", "bash", "-c", script)
    assert "(head)" in printed
    assert api.is_ready()
