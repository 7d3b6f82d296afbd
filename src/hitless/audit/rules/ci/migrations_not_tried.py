"""CI13: CI does not try the migrations."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.check import unchecked, verdict
from hitless.audit.registry import rule
from hitless.documents.paths import within
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

DJANGO = r"(^|/)migrations/\d{4}_\w+\.py$"
PRISMA = r"(^|/)prisma/migrations/[^/]+/migration\.sql$"
MANAGE = r"\b(manage\.py|django-admin)[\s\"',]+(migrate|test)\b|call_command\([\"']migrate"
RUNNERS = r"\b(pytest|py\.test|tox|nox)\b"
CONFIGURED = r"(^|/)(pyproject\.toml|pytest\.ini|setup\.cfg|tox\.ini|requirements[^/]*\.(txt|in))$"
SETUPS = r"(^|/)(tests?|__tests__|e2e|jest|vitest|playwright)[/.-].*(setup|global|db|prisma)[^/]*\.[cm]?[jt]s$"


@rule("CI13", Category.DATABASE, "rollback strategy", Severity.HIGH, fix=Fix.GENERATE)
def migrations_not_tried(repository: Repository) -> Iterator[Check]:
    """CI does not try the migrations.

    ## What it does
    Looks for the whole chain on an empty database: of Alembic also one step back, and up again. The
    tests of Django apply its migrations; Prisma knows no way back.

    ## Why it matters
    A migration that fails is found by the release. The way back is found to be broken when it
    is needed.

    ## Bad
    ```python title="migrations/versions/0001_base.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: pytest
    ```

    ## Good
    ```python title="migrations/versions/0001_base.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: alembic upgrade head && alembic downgrade -1 && alembic upgrade head
    ```

    ## Fix safety
    Generated: a job with an empty database of the version that serves.
    """
    chains = [*_alembic(repository), *_django(repository), *_prisma(repository)]
    others = pipeline.others(repository)
    if chains and others and not repository.pipelines:
        yield unchecked(f"{others[0]} is not read")
    else:
        yield from chains


def _alembic(repository: Repository) -> Iterator[Check]:
    """The whole chain, one step back, and up again: a way back is written by hand."""
    if not repository.revisions:
        return
    tests = [p for p in repository.paths if "migrat" in p and p.endswith(".py") and "test" in p]
    both = "\n".join([pipeline.everything(repository), *(repository.text(p) for p in tests)])
    up = bool(re.search(r"alembic[^\n]*upgrade|command\.upgrade", both))
    down = bool(re.search(r"alembic[^\n]*downgrade|command\.downgrade|migrate rehearse", both))
    first = repository.revisions[0]  # the last one changes with every revision
    missing = "never applied" if not up else "applied, but never taken back"
    message = f"in CI the migrations are {missing}"
    yield verdict("chain", Place(first.path, first.line), message, ok=up and down)


def _django(repository: Repository) -> Iterator[Check]:
    """Applied, as its tests do, too: the way back of most operations follows from them."""
    for path in (p for p in repository.main if f"/{p}".endswith("/manage.py")):
        folder = posixpath.dirname(path)
        chain = [p for p in repository.main if re.search(DJANGO, p) and within(p, folder)]
        if chain and "django" in repository.text(path).lower():
            run = pipeline.everything(repository)
            ok = bool(re.search(MANAGE, run)) or _tested_by_pytest(repository, run)
            message = "in CI the migrations of Django are never applied"
            yield verdict(path, Place(path, 1), message, ok=ok)


def _tested_by_pytest(repository: Repository, run: str) -> bool:
    """Its plugin applies the migrations to a database of its own, unless it was told not to."""
    texts = [repository.text(path) for path in repository.settings if re.search(CONFIGURED, path)]
    told = "\n".join([run, *texts])
    set_up = "pytest-django" in told or "DJANGO_SETTINGS_MODULE" in told
    return set_up and bool(re.search(RUNNERS, run)) and not re.search(r"--no-?migrations", told)


def _prisma(repository: Repository) -> Iterator[Check]:
    """Applied; it knows no way back."""
    found = [p for p in repository.main if p.endswith(".sql") and re.search(PRISMA, p)]
    homes = dict.fromkeys(path[: path.index("prisma/migrations/")] for path in found)
    if not homes:
        return
    setups = [path for path in repository.paths if re.search(SETUPS, path)]
    run = "\n".join([pipeline.everything(repository), *(repository.text(p) for p in setups)])
    for home in homes:
        ok = bool(re.search(r"prisma[\s\"',]+migrate[\s\"',]+(?:deploy|reset|dev)\b", run))
        place = Place(next(path for path in found if path.startswith(home)), 1)
        message = "in CI the migrations of Prisma are never applied"
        yield verdict(f"{home}prisma/migrations", place, message, ok=ok)
