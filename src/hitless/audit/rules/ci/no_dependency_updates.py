"""CI08: nobody proposes updates of dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import has_own_code, pipeline_anchor
from hitless.audit.check import failed, verdict
from hitless.audit.registry import rule
from hitless.documents.yaml_tree import parse
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI08", Category.CI, "security scan", Severity.MEDIUM, fix=Fix.GENERATE)
def no_dependency_updates(repository: Repository) -> Iterator[Check]:
    """Nobody proposes updates of dependencies.

    ## What it does
    Looks for Dependabot or Renovate. For Dependabot it compares the ecosystems of the
    repository with those in the file, and finds keys that GitHub has removed.

    ## Why it matters
    Dependencies age until an update is a project of its own, and security fixes wait for it.

    ## Bad
    ```json title="package.json"
    {"dependencies": {"express": "4"}}
    ```

    ```yaml title=".github/dependabot.yml"
    version: 2
    updates:
      - package-ecosystem: pip
        directory: /
        reviewers: [somebody]
    ```

    ## Good
    ```json title="package.json"
    {"dependencies": {"express": "4"}}
    ```

    ```yaml title=".github/dependabot.yml"
    version: 2
    updates:
      - package-ecosystem: npm
        directory: /
    ```

    ## Fix safety
    Generated, with a waiting time that lets others find out first about a bad release.
    """
    if not has_own_code(repository):
        return
    path = next(
        (
            one
            for one in (".github/dependabot.yml", ".github/dependabot.yaml")
            if one in repository.known
        ),
        "",
    )
    renovate = bool(repository.matching(r"(^|/)(renovate\.json5?|\.renovaterc(\.json)?)$"))
    if not path:
        message = "neither Dependabot nor Renovate is set up"
        yield verdict("repository", pipeline_anchor(repository), message, ok=renovate)
        return
    root = parse(repository.text(path), path)
    there = {one.say("package-ecosystem") for one in root.nodes("updates")}
    for name, wanted in _ecosystems(repository):
        ok = bool(there & wanted) or renovate
        yield verdict(name, root.key("updates"), f"{path} has no entry for {name}", ok=ok)
    for one in root.nodes("updates"):
        if one.get("reviewers") is not None:
            yield failed(
                "reviewers",
                one.key("reviewers"),
                "GitHub has removed reviewers:; use CODEOWNERS",
                "reviewers",
            )


def _ecosystems(repository: Repository) -> Iterator[tuple[str, set[str]]]:
    """What the repository has, and the ecosystems that cover it."""
    kinds = {one.kind for one in repository.manifests if one.dependencies}
    if "npm" in kinds:
        yield "npm", {"npm", "bun"}
    if "python" in kinds:
        uv = any(path.endswith("uv.lock") for path in repository.paths)
        yield "uv" if uv else "pip", {"uv"} if uv else {"pip", "uv"}
    if "go" in kinds:
        yield "gomod", {"gomod"}
    if repository.dockerfiles:
        yield "docker", {"docker"}
    if repository.workflows:
        yield "github-actions", {"github-actions"}
