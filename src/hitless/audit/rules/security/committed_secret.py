"""SE03: A secret is in the repository."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed, passed
from hitless.audit.haystack import Haystack
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category
from hitless.domain.secrets import SHAPES, is_placeholder, names_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

# What each shape begins with: looking for words first is ten times faster.
BEGINNINGS = (
    "AKIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "xox",
    "sk_live_",
    "AIza",
    "glpat-",
    "PRIVATE KEY",
)


@rule("SE03", Category.SECURITY, "secrets", Severity.HIGH, fix=Fix.NONE)
def committed_secret(repository: Repository) -> Iterator[Check]:
    """A secret is in the repository.

    ## What it does
    Looks for env files with values of secrets, words such as `changeme` left out, and for keys and tokens that can be told by
    their shape. gitleaks looks at the whole history, when it is installed.

    ## Why it matters
    It stays in every clone and in the history, also after it was deleted.

    ## Bad
    ```text title=".env"
    API_TOKEN=4f1c0b77d2aa
    ```

    ## Good
    ```text title=".env.example"
    API_TOKEN=
    ```

    ## Fix safety
    No edit is offered: replace the secret first, then take it out.
    """
    files = [path for path in repository.settings if _is_env(posixpath.basename(path))]
    for path in files:
        yield from each(path, _in_env(repository, path))
    texts = {path: repository.text(path) for path in _likely(repository)} | repository.sources
    for path in Haystack(texts).holding(*BEGINNINGS):
        text = texts[path]
        for found in re.finditer(SHAPES, text):
            line = text[: found.start()].count("\n") + 1
            kind = found[0][:6]
            yield failed(path, Place(path, line), f"{kind}… is a key or token", kind)
    if files or texts or repository.env_examples:
        yield passed("repository")


def _is_env(name: str) -> bool:
    shown = re.search(r"example|sample|template|dist|schema", name)
    return ".env" in name and not shown and bool(re.match(r"\.env(\.|$)|.*\.env$", name))


def _in_env(repository: Repository, path: str) -> Iterator[Check]:
    for one in repository.env(path) if not repository.is_gitignored(path) else []:
        if one.value and names_secret(one.name) and not _is_none(one.value):
            yield failed(
                path, one, f"{one.name} is in the repository for everybody to read", one.name
            )


def _is_none(value: str) -> bool:
    """It is filled in elsewhere, sealed, or a word that tells where a secret belongs."""
    return "$" in value or value.startswith("ENC[") or is_placeholder(value)


def _likely(repository: Repository) -> list[str]:
    """What people put keys into, apart from the sources."""
    settings = repository.matching(
        r"\.(ya?ml|json|toml|ini|cfg|conf|pem|key|tfvars|properties|sh)$|(^|/)\.npmrc$"
        r"|(^|/)Dockerfile"
    )
    locks = ("lock.json", "lock.yaml", "pnpm-lock.yaml")
    return [path for path in settings if not path.endswith(locks)]
