"""The legacy stack as all fixes together leave it; each trap of such a stack is walked around."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.domain.finding import Severity
from hitless.fix.plan import Wish, plan
from testing.generated import ROOT, folder

if TYPE_CHECKING:
    from hitless.fix.plan import FixPlan

RULES = rules()
WISH = Wish("2026-01-01", unsafe=True, name="notes")


def given() -> dict[str, str]:
    texts = folder(ROOT / "fixtures" / "legacy-stack")
    return {path: text for path, text in texts.items() if path != "expected.yaml"}


@cache
def fixed() -> FixPlan:
    return plan(MemoryFiles(given()), RULES, WISH)


@cache
def texts() -> dict[str, str]:
    return given() | {one.path: one.after for one in fixed().files}


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(texts()["compose.yml"])["services"]
    return found


def test_the_score_rises_above_nine_and_nothing_critical_is_left() -> None:
    assert (fixed().before.score.total or 10.0) < 3.0
    assert (fixed().after.score.total or 0.0) >= 9.0
    assert [one for one in fixed().after.findings if one.severity is Severity.CRITICAL] == []


def test_a_second_run_has_nothing_to_change() -> None:
    assert plan(MemoryFiles(texts()), RULES, WISH).files == ()


def test_what_made_the_tables_is_replaced_by_migrations_that_compose_runs_itself() -> None:
    assert "create_all" not in texts()["backend/app/main.py"]
    migrate = services()["migrate"]
    assert migrate["command"] == ["alembic", "upgrade", "head"]
    assert (migrate["restart"], migrate["networks"]) == ("no", ["back"])
    assert migrate["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    check = ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U notes -d notes"]
    assert services()["postgres"]["healthcheck"]["test"] == check
    assert migrate["image"] == services()["api"]["image"]
    for name in ("api", "worker"):
        waits = services()[name]["depends_on"]["migrate"]
        assert waits == {"condition": "service_completed_successfully"}
    assert "COPY --chown=notes:notes alembic.ini ./\n" in texts()["backend/Dockerfile"]
    assert 'os.environ["DATABASE_URL"]' in texts()["backend/alembic/env.py"]


def test_the_example_env_file_can_be_copied_as_it_is() -> None:
    example = texts()[".env.example"]
    assert "\n# MAX_UPLOAD_MB=\n" in example
    assert "\nVITE_WS_URL=\n" in example
    assert ".env.more.example" not in texts()


def test_the_production_target_comes_with_all_that_it_needs() -> None:
    dashboard = services()["dashboard"]
    assert dashboard["build"]["target"] == "production"
    assert set(dashboard["build"]["args"]) == {"VITE_API_URL", "VITE_WS_URL"}
    assert "environment" not in dashboard
    assert dashboard["healthcheck"]["test"][1] == "curl"
    assert "http://dashboard:8080" in texts()["nginx/nginx.conf"]
    assert "FROM nginxinc/nginx-unprivileged:1.27-alpine" in texts()["frontend/Dockerfile"]
    assert "location /ws" in texts()["nginx/nginx.conf"]
    assert "upgrade-insecure-requests" not in "".join(texts().values())


def test_an_image_that_needs_no_root_keeps_no_capability() -> None:
    assert services()["dashboard"]["cap_drop"] == ["ALL"]
    assert "cap_add" not in services()["dashboard"]


def test_only_what_runs_code_is_in_the_network_of_the_data() -> None:
    joined = {name for name, one in services().items() if "back" in one.get("networks", ())}
    assert joined == {"postgres", "nats", "api", "worker", "migrate"}


def test_nats_is_asked_by_a_program_that_its_image_holds() -> None:
    assert (
        services()["nats"]["image"].endswith("-alpine") or ":alpine" in services()["nats"]["image"]
    )
    assert services()["nats"]["healthcheck"]["test"][1] == "wget"
    words = services()["nats"]["command"]
    assert words[words.index("--store_dir") + 1] == "/data"


def test_nats_and_its_clients_have_one_password() -> None:
    words = services()["nats"]["command"]
    assert words[-4:] == ["--user", "nats", "--pass", "${NATS_PASSWORD:?}"]
    example = texts()[".env.example"]
    assert "\nNATS_PASSWORD=\nNATS_URL=nats://nats:${NATS_PASSWORD}@nats:4222\n" in example


def test_jobs_are_acknowledged_by_the_broker_that_can() -> None:
    assert "PullBasedJetStreamBroker" in texts()["backend/app/broker.py"]
    assert "jetstream=True" not in texts()["backend/app/broker.py"]


def test_the_pool_belongs_to_the_engine() -> None:
    engine, sessions = texts()["backend/app/database.py"].split("sessions = ")
    assert "pool_size=5, max_overflow=0" in engine
    assert "pool" not in sessions


def test_a_column_becomes_required_without_a_scan_under_lock() -> None:
    text = texts()["backend/alembic/versions/0003_authors.py"]
    order = [text.index(word) for word in ("NOT VALID", "VALIDATE", "nullable=False")]
    assert order == sorted(order)


def test_a_workflow_knows_the_password_that_the_example_leaves_open() -> None:
    """GitHub fills nothing into a value: ``${...}`` would be the password itself."""
    workflow = texts()[".github/workflows/migration-check.yml"]
    assert "postgresql+asyncpg://notes:ci-only@127.0.0.1:5432/notes" in workflow
    assert "${POSTGRES_PASSWORD}" not in workflow


def test_a_dump_that_fails_is_no_backup() -> None:
    assert "pipefail" in texts()["ops/backup.sh"]
    assert "pg_dump |" not in texts()["ops/backup.sh"]


@pytest.mark.parametrize("path", ["backend/Dockerfile", "frontend/Dockerfile"])
def test_no_base_becomes_another_system_to_save_space(path: str) -> None:
    assert "python:3.12-alpine" not in texts()[path]
    assert "node:22-alpine" not in texts()[path]


def test_the_version_is_bare_text_that_a_shell_can_compare() -> None:
    code = texts()["backend/app/main.py"]
    assert '@app.get("/api/version", response_class=PlainTextResponse)' in code
