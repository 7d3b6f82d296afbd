"""What a reader finds in the documentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import anchor
from hitless.audit.check import unchecked, verdict
from hitless.documents.paths import joined
from hitless.domain.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

LINK = r"\]\(\.?/?([\w./-]+\.(?:md|rst))"
MANUAL = r"^(docs?|wiki|help)\.|/(docs?|documentation|wiki|manual)\b"
SITE = r"https?://([\w.-]+)(/[^\s)\"'>\]]*|)"
# Words in the names of many projects, and of many sites.
COMMON = frozenset(
    (
        "template",
        "example",
        "project",
        "application",
        "github",
        "docker",
        "this",
        "about",
        "welcome",
    )
)


def readme(repository: Repository) -> str:
    """The page that a visitor sees first; empty when there is none."""
    return next(
        (p for p in repository.paths if re.fullmatch(r"(?i)readme(\.md|\.rst|\.txt)?", p)), ""
    )


def tells(repository: Repository, words: str) -> bool:
    """A page has one of these words in a heading, or in its name."""
    return bool(
        re.search(words, "\n".join([*repository.pages, *repository.headings]), re.IGNORECASE)
    )


def page_anchor(repository: Repository) -> Place:
    """Where something that no page tells is told."""
    path = readme(repository)
    return Place(path, 1) if path else anchor(repository)


def told(repository: Repository, words: str, message: str) -> Check:
    """What a rule says about a page: it is there, it is missing, or it may be elsewhere."""
    found = tells(repository, words)
    site = "" if found else elsewhere(repository)
    if site:
        return unchecked(f"the documentation at {site} is not read")
    return verdict("documentation", page_anchor(repository), message, ok=found)


def elsewhere(repository: Repository) -> str:
    """The project's own site with documentation, if its README names one; empty otherwise."""
    text = repository.text(readme(repository))
    heading = re.search(r"^#+\s+(.+)|^(.+)\n(?:==|--)|<h1[^>]*>(.*?)</h1>", text, re.MULTILINE)
    title = next((one for one in heading.groups() if one), "") if heading else ""
    names = [one for one in re.findall(r"[a-z]{4,}", title.lower()) if one not in COMMON]
    for found in re.finditer(SITE, text):
        host, path = found[1].lower(), found[2].lower()
        own = any(one in host for one in names)
        if own and re.search(MANUAL, host + path):
            return host
    return ""


def leads_to_commands(repository: Repository, path: str) -> bool:
    """A page shows commands, or names another page of this repository that does."""
    links = re.findall(LINK, repository.text(path))
    others = [joined(path.rpartition("/")[0], one) for one in links]
    return any(True for one in (path, *others) for _ in commands(repository.text(one)))


def commands(text: str) -> Iterator[tuple[int, str]]:
    """The lines of code blocks, with their numbers."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        elif inside and line.strip():
            yield number, line.strip().removeprefix("$ ")
