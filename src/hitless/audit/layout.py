"""Which file is what, by its name and place."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitless.documents.yaml_tree import Node

COMPOSE = r"^(?:docker-)?compose(?:[.-]([\w-]+))*\.ya?ml$"
DOCKERFILE = r"(^|/)(Dockerfile|Containerfile)(\.[\w.-]+)?$|\.Dockerfile$|\.dockerfile$"
REQUIREMENTS = r"requirements[\w.-]*\.(txt|in)$"
SOURCES = (
    ".py",
    ".js",
    ".mjs",
    ".cjs",
    ".ts",
    ".tsx",
    ".jsx",
    ".go",
    ".rb",
    ".java",
    ".kt",
    ".php",
    ".rs",
)
ORDINARY = (
    *SOURCES,
    *[
        ".md",
        ".rst",
        ".html",
        ".css",
        ".scss",
        ".svg",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".ico",
        ".woff2",
        ".pdf",
        ".pyi",
        ".vue",
    ],
)
PRODUCTION = frozenset(("prod", "production", "live", "release", "deploy", "deployment", "server"))
# Folders, and ends of names, of what only developers and CI start.
DEVELOPERS = frozenset(("dev", "development", "local", "test", "testing", "ci", "debug"))
BUILT_FOR_DEVELOPERS = (
    r"(?:\.|-|_)(dev|development|test|tests|testing|local|ci|debug|e2e|playwright|cypress)$"
)
# Folders that no server runs: a flaw in them is often on purpose.
ASIDE = frozenset(
    [
        "tests",
        "test",
        "testdata",
        "testing",
        "fixtures",
        "examples",
        "example",
        "samples",
        "e2e",
        "cypress",
        "playwright",
        "__tests__",
        "spec",
        "docs",
        "doc",
        "vendor",
        "third_party",
        "node_modules",
        ".devcontainer",
        "benchmarks",
    ]
)

# Those of them that hold code of others, or code that is looked at and not run.
NOT_OURS = frozenset(
    (
        *("fixtures", "testdata", "examples", "example", "samples"),
        *("vendor", "third_party", "node_modules"),
    )
)


def is_aside(path: str) -> bool:
    """It belongs to tests, examples or other people's code."""
    *folders, name = path.split("/")
    if not ASIDE.isdisjoint(folders):
        return True
    if "test" not in name and "spec" not in name:
        return False
    tests = r"(test_.*|.*_test|conftest)\.(py|go)$|.*\.(test|spec)\.[jt]sx?$"
    return bool(re.match(tests, name))


def is_notable(path: str) -> bool:
    """Code that is configuration, or that keeps data safe, by the words in its path."""
    return "config" in path or "backup" in path or "migrations/" in path


def is_for_developers(path: str) -> bool:
    """It lies in a folder for development, or its name says that it is for that."""
    *folders, name = path.lower().split("/")
    return not DEVELOPERS.isdisjoint(folders) or bool(re.search(BUILT_FOR_DEVELOPERS, name))


def is_page(path: str) -> bool:
    """A page is for this application's readers, and not a part of a test or an example."""
    folders = set(path.split("/")[:-1])
    return not folders & (ASIDE - {"doc", "docs"}) and not path.startswith(
        (".github/", "changelog")
    )


def projects(paths: tuple[str, ...], listed: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The Compose files that a server starts together, base first.

    Args:
        paths: All files.
        listed: Those that hitless.yaml names; they are one project.
    """
    folders: dict[str, list[str]] = {}
    for path in paths:
        folder, name = posixpath.split(path)
        called_so = "compose" in name and re.match(COMPOSE, name)
        if called_so and not is_aside(path) and not is_for_developers(f"{folder}/"):
            folders.setdefault(folder, []).append(path)
    found = [tuple(one for one in listed if one in paths)] if listed else []
    found = [one for one in found if one]
    taken = {posixpath.dirname(path) for one in found for path in one}
    for folder, files in sorted(folders.items()):
        if folder not in taken:
            found += _of_folder(sorted(files))
    return found


def _of_folder(files: list[str]) -> list[tuple[str, ...]]:
    bases = [one for one in files if not _variant(one)]
    # Compose itself prefers compose.yaml, then compose.yml, then the older names.
    bases.sort(key=lambda one: ("docker-" in posixpath.basename(one), not one.endswith(".yaml")))
    overlays = [one for one in files if _variant(one) & PRODUCTION]
    if not bases:
        return [(one,) for one in overlays or []]
    return [(bases[0], *overlays)]


def _variant(path: str) -> set[str]:
    name = posixpath.basename(path)
    words = re.split(r"[.-]", name.removeprefix("docker-"))
    return set(words[1:-1])


def is_kubernetes(node: Node) -> bool:
    """A document is an object that an API server takes."""
    return node.is_map and "apiVersion" in node.fields and "kind" in node.fields


def tests_among(paths: tuple[str, ...]) -> dict[str, list[str]]:
    """Files with tests, by the language that they are for."""
    found: dict[str, list[str]] = {"Python": [], "JavaScript": [], "Go": []}
    for path in paths:
        if "test" not in path and "spec" not in path:
            continue
        *folders, name = path.split("/")
        if not NOT_OURS.isdisjoint(folders):
            continue
        if re.match(r"test_\w+\.py$|\w+_test\.py$|tests\.py$", name):
            found["Python"].append(path)
        elif re.search(r"\.(test|spec)\.[jt]sx?$", name):
            found["JavaScript"].append(path)
        elif name.endswith("_test.go"):
            found["Go"].append(path)
    return found
