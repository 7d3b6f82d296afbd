"""Begin a rule of the audit: ``python -m tools.new_rule CATEGORY SLUG`` (``make new-rule``).

The file that it writes is a rule with the next free id, and its tests fail until the rule finds
what its page calls bad and leaves alone what its page calls good.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from hitless.audit.registry import HOME, Rule, rules
from hitless.domain.score import ELEMENTS, Category

# Folder → how its ids begin, and the category's name in code.
FOLDERS = {
    "ci": ("CI", "CI"),
    "database": ("DB", "DATABASE"),
    "docker": ("DF", "DOCKER"),
    "documentation": ("DO", "DOCUMENTATION"),
    "kubernetes": ("K8", "ORCHESTRATION"),
    "monitoring": ("MO", "MONITORING"),
    "orchestration": ("CP", "ORCHESTRATION"),
    "proxy": ("NX", "SECURITY"),
    "security": ("SE", "SECURITY"),
}
SHAPE = '''\
"""{id}: {title}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import applications
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("{id}", Category.{category}, "", Severity.MEDIUM)
def {slug}(repository: Repository) -> Iterator[Check]:
    """{title}.

    ## What it does
    Looks for

    ## Why it matters
    Users

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ## Fix safety
    None: only a person can tell.
    """
    for service in applications(repository):
        yield verdict(service, service.node, f"{{service}} is", ok=True)
'''
NEXT = """\
wrote {path} with id {id}. Now:
  1. write its page in the docstring, then the check; the element says where it counts in the score
     ({elements})
  2. its title in src/hitless/cli/render/audit/ukrainian.py
  3. .venv/bin/python -m pytest tests/rules -k {id}, until it passes
  4. make gen, and a fragment in changelog.d"""


def main(words: list[str]) -> int:
    """Write the file and say what comes next; 2 when the words are off."""
    match words:
        case [folder, slug] if folder in FOLDERS and re.fullmatch(r"[a-z][a-z_]+", slug):
            return begin(folder, slug)
    categories = ", ".join(FOLDERS)
    print(f"usage: make new-rule CATEGORY=… SLUG=no_such_thing (categories: {categories})")
    return 2


def begin(folder: str, slug: str) -> int:
    """Write the file of one rule; never over another."""
    path = HOME / folder / f"{slug}.py"
    if path.exists():
        print(f"error: {path.name} is there already; choose another slug")
        return 2
    identifier = free(FOLDERS[folder][0], rules())
    path.write_text(begun(folder, slug, identifier))
    print(told(path, folder, identifier))
    return 0


def free(prefix: str, known: list[Rule]) -> str:
    """The id after the last of this kind; a number is never given again."""
    numbers = [int(one.id[2:]) for one in known if one.id.startswith(prefix)]
    return f"{prefix}{max(numbers, default=0) + 1:02}"


def begun(folder: str, slug: str, identifier: str) -> str:
    """The text of the file."""
    title = slug.replace("_", " ").capitalize()
    return SHAPE.format(id=identifier, title=title, category=FOLDERS[folder][1], slug=slug)


def told(path: Path, folder: str, identifier: str) -> str:
    """What the author does next."""
    elements = ", ".join(ELEMENTS[Category[FOLDERS[folder][1]]])
    return NEXT.format(path=path.relative_to(Path.cwd()), id=identifier, elements=elements)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
