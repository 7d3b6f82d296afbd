"""A repository as rules see it: its documents, each read once and only when asked for."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from hitless.audit import builds, pipeline
from hitless.audit.haystack import Haystack
from hitless.audit.layout import (
    DOCKERFILE,
    ORDINARY,
    REQUIREMENTS,
    SOURCES,
    is_aside,
    is_for_developers,
    is_kubernetes,
    is_notable,
    is_page,
    projects,
    tests_among,
)
from hitless.documents import alembic, compose, dockerfile, env_file, manifests, nginx, targets
from hitless.documents import ignore_file as ignores
from hitless.documents import workflow as workflows
from hitless.documents.paths import joined, within
from hitless.documents.yaml_tree import parse, parse_all
from hitless.domain.errors import DocumentInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.documents.service import Service
    from hitless.documents.workflow import Workflow
    from hitless.documents.yaml_tree import Node
    from hitless.domain.ports import Files

T = TypeVar("T")
LARGEST = 1_000_000  # bytes; what is larger was not written by hand
LARGEST_SOURCE = 200_000
# The line before is part of it: its end is found ten times faster than the start of a line.
HEADING = r"\n(#+[ \t][^\n]*|\*\*[^\n]*|[^\n]++(?=\n(?:={3,}|-{3,}|~{3,})[ \t]*$)|<h\d[^\n]*)"
DEEPEST_PAGE = 3  # folders; deeper ones belong to a package


class Repository:
    """All documents of a repository.

    Args:
        files: Where they are read from.
        name: What its folder is called; empty when nobody knows.

    Attributes:
        problems: Files that could not be read as what their names say.
        skipped: Files that were too large to look at.
    """

    def __init__(self, files: Files, name: str = "") -> None:
        self._files = files
        self.name = name
        self.paths = files.paths()
        self.known = frozenset(self.paths)
        self.main = tuple(path for path in self.paths if not is_aside(path))
        self.problems: list[DocumentInvalid] = []
        self.skipped: list[str] = []
        self._texts: dict[str, str] = {}
        self._matching: dict[str, list[str]] = {}
        self._below: dict[str, dict[str, str]] = {}

    def text(self, path: str, largest: int = LARGEST) -> str:
        """A file's text; empty when it is missing, too large or no text."""
        if path not in self._texts:
            data = self._files.read(path, largest + 1) if path in self.known else b""
            if len(data) > largest:
                self.skipped.append(path)
                data = b""
            self._texts[path] = "" if b"\0" in data else data.decode("utf-8", "replace")
        return self._texts[path]

    def has(self, path: str) -> bool:
        """A file of this path, or a folder with files in it, is there."""
        return path in self.known or path in self.folders

    def read_texts(self) -> dict[str, str]:
        """Every file that was read until now."""
        return self._texts

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that has a file in it or below."""
        found: set[str] = {""}
        for path in self.paths:
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    def below(self, folder: str) -> list[str]:
        """The files in a folder and below it."""
        return [path for path in self.paths if within(path, folder)]

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """The application's files that are no ordinary code, pages or pictures.

        Nine of ten files are; a look at the others alone is what makes an audit quick.
        """
        return tuple(path for path in self.main if not path.endswith(ORDINARY) or is_notable(path))

    def matching(self, pattern: str) -> list[str]:
        """Those of :attr:`settings` whose path fits."""
        if pattern not in self._matching:
            expression = re.compile(pattern)
            self._matching[pattern] = [one for one in self.settings if expression.search(one)]
        return self._matching[pattern]

    @cached_property
    def projects(self) -> list[compose.Project]:
        """The Compose applications as a server would start them."""
        found = []
        for group in projects(self.paths, self._listed_files()):
            made = self._attempt(lambda paths=group: self._project(paths))  # type: ignore[misc]
            if made is not None:
                found.append(made)
        return found

    def _project(self, paths: tuple[str, ...]) -> compose.Project:
        values = env_file.values(self.env(joined(posixpath.dirname(paths[0]), ".env")))
        return compose.load(paths, self._text_or_none, values)

    def _text_or_none(self, path: str) -> str | None:
        return self.text(path) if path in self.known else None

    def _listed_files(self) -> tuple[str, ...]:
        """The Compose files that hitless.yaml names."""
        if "hitless.yaml" not in self.known:
            return ()
        tree = self._attempt(lambda: parse(self.text("hitless.yaml"), "hitless.yaml"))
        return tuple(tree.texts("compose")) if tree is not None else ()

    @cached_property
    def services(self) -> list[Service]:
        """Every service that a server starts."""
        found = [one for project in self.projects for one in project.services.values()]
        return [one for one in found if not one.is_for_development]

    @cached_property
    def dockerfiles(self) -> dict[str, dockerfile.Dockerfile]:
        """By path; those that Compose names as well as those that are called so."""
        named = {one.build()[1] for one in self.services if one.is_built}
        paths = sorted({*self.matching(DOCKERFILE), *(named & self.known)})
        return self._parsed(paths, dockerfile.parse)

    def image_of(self, service: Service) -> tuple[dockerfile.Dockerfile, dockerfile.Stage] | None:
        """The stage from which a service's image is built; None when it is not built here."""
        _, path, target = service.build()
        file = self.dockerfiles.get(path)
        stage = file.stage(target) if file is not None else None
        return (file, stage) if file is not None and stage is not None else None

    @cached_property
    def released(self) -> list[tuple[dockerfile.Dockerfile, dockerfile.Stage, str]]:
        """The stages that become images: file, stage, and the build's context."""
        found = {}
        for service in self.services:
            image = self.image_of(service)
            if image is not None:
                found[image[0].path, image[1].index] = (*image, service.build()[0])
        built = {s.build()[1] for one in self.projects for s in one.services.values()}
        for path in sorted(builds.published(self) - built):
            if not is_for_developers(path):
                file = self.dockerfiles[path]
                found[path, -1] = (file, file.stages[-1], builds.context(self, file))
        return list(found.values())

    @cached_property
    def _gitignored(self) -> ignores.IgnoreFile:
        """What the root's .gitignore leaves out; a name without slash holds at any depth."""
        lines = ignores.parse(self.text(".gitignore"), ".gitignore").patterns
        deep = (one if "/" in one.rstrip("/") else f"**/{one}" for one in lines)
        return ignores.IgnoreFile(".gitignore", tuple(deep))

    def is_gitignored(self, path: str) -> bool:
        """Git leaves it out on purpose: it is made on each machine."""
        return self._gitignored.leaves_out(path)

    def ignore_file(self, context: str, path: str) -> ignores.IgnoreFile | None:
        """The ignore file of a build; the Dockerfile's own comes first."""
        for name in (f"{path}.dockerignore", joined(context, ".dockerignore")):
            if name in self.known:
                return ignores.parse(self.text(name), name)
        return None

    @cached_property
    def _of_github(self) -> list[str]:
        return [path for path in self.paths if path.startswith(".github/")]

    @cached_property
    def workflows(self) -> list[Workflow]:
        """GitHub's workflows."""
        paths = [p for p in self._of_github if re.match(r"\.github/workflows/[^/]+\.ya?ml$", p)]
        return list(self._parsed(paths, workflows.parse).values())

    @cached_property
    def pipelines(self) -> list[Workflow]:
        """Everything that continuous integration runs, local actions included."""
        gitlab = [p for p in (".gitlab-ci.yml",) if p in self.known]
        action = r"\.github/actions/.+/action\.ya?ml$"
        actions = [p for p in self._of_github if re.match(action, p)]
        more = [*self._parsed(gitlab, workflows.parse_gitlab).values()]
        return [*self.workflows, *self._parsed(actions, workflows.parse).values(), *more]

    @cached_property
    def run_by_pipelines(self) -> str:
        """All that continuous integration runs, as one text; six rules ask for it."""
        return pipeline.collected(self)

    @cached_property
    def nginx(self) -> list[nginx.Directive]:
        """Nginx files, each by itself; the rules look across them."""
        paths = self.matching(
            r"(^|/)(nginx[^/]*|[^/]*\.nginx)\.conf(\.template)?$|/conf\.d/[^/]+\.conf(\.template)?$|(^|/)nginx/([^/]+/)*[^/]+\.conf(\.template)?$|/sites-(enabled|available)/[^/]+$|\.conf$"
        )
        likely = [
            p
            for p in paths
            if re.search(
                r"^\s*(server|http|upstream|events|location)\b[^;]*\{", self.text(p), re.MULTILINE
            )
        ]
        return list(self._parsed(likely, nginx.parse).values())

    @cached_property
    def revisions(self) -> list[alembic.Revision]:
        """Alembic's revisions, in the order in which they apply."""
        paths = [p for p in self.main if p.endswith(".py") and "/versions/" in f"/{p}"]
        likely = [p for p in paths if "down_revision" in self.text(p)]
        found = [one for one in self._parsed(likely, alembic.parse).values() if one is not None]
        return alembic.in_order(found)

    @cached_property
    def manifests(self) -> list[manifests.Manifest]:
        """What packages declare."""
        readers: dict[str, Callable[[str, str], manifests.Manifest]] = {
            "package.json": manifests.package_json,
            "pyproject.toml": manifests.pyproject,
            "go.mod": manifests.go_mod,
        }
        found: list[manifests.Manifest] = []
        for path in self.settings:
            name = posixpath.basename(path)
            reader = manifests.requirements if re.match(REQUIREMENTS, name) else readers.get(name)
            if reader is not None:
                found += self._parsed([path], reader).values()
        return found

    def targets(self, folder: str = "") -> dict[str, targets.Target]:
        """What ``make`` and ``just`` can run in a folder."""
        found = dict(targets.makefile(self.text(joined(folder, "Makefile"))))
        for name in ("justfile", "Justfile", ".justfile"):
            found.update(targets.justfile(self.text(joined(folder, name))))
        return found

    def env(self, path: str) -> list[env_file.Setting]:
        """The settings of an env file; empty when it is missing."""
        return env_file.parse(self.text(path), path)

    @cached_property
    def env_examples(self) -> list[str]:
        """Env files that show a reader what to set."""
        return self.matching(
            r"(^|/)(\.?env[\w.-]*\.(example|sample|template|dist)|\.env-(example|sample)|example\.env)$"
        )

    @cached_property
    def kubernetes(self) -> list[Node]:
        """Kubernetes objects in plain manifests; templates of charts cannot be read."""
        found: list[Node] = []
        for path in self.settings:
            if path.endswith((".yaml", ".yml")) and not path.startswith(".github/"):
                text = self.text(path)
                if "apiVersion:" in text and "kind:" in text and "{{" not in text:
                    found += self._attempt(lambda p=path, t=text: parse_all(t, p)) or []  # type: ignore[misc]
        return [one for one in found if is_kubernetes(one)]

    @cached_property
    def sources(self) -> dict[str, str]:
        """The application's own code, tests left out."""
        paths = [path for path in self.main if path.endswith(SOURCES)]
        return {path: self.text(path, LARGEST_SOURCE) for path in paths}

    def code_matching(self, *words: str) -> Iterator[tuple[str, str]]:
        """Sources that contain one of these words."""
        yield from ((path, self.sources[path]) for path in self._code.holding(*words))

    def code_below(self, folder: str) -> dict[str, str]:
        """The sources in a folder and below it."""
        if folder not in self._below:
            self._below[folder] = {p: t for p, t in self.sources.items() if within(p, folder)}
        return self._below[folder]

    @cached_property
    def _code(self) -> Haystack:
        return Haystack(self.sources)

    @cached_property
    def tests(self) -> dict[str, list[str]]:
        """Files with tests, by the language that they are for."""
        return tests_among(self.paths)

    @cached_property
    def pages(self) -> dict[str, str]:
        """Documentation a person reads first: Markdown and reStructuredText."""
        paths = [p for p in self.paths if p.lower().endswith((".md", ".mdx", ".rst"))]
        near = [p for p in paths if p.count("/") <= DEEPEST_PAGE or "docs/" in p]
        own = [p for p in near if is_page(p)]
        return {path: self.text(path) for path in own}

    @cached_property
    def headings(self) -> list[str]:
        """The headings of all pages, bold lines and underlined ones among them."""
        pages = (f"\n{text}" for text in self.pages.values())
        return [one for text in pages for one in re.findall(HEADING, text, re.MULTILINE)]

    def unreadable(self) -> list[DocumentInvalid]:
        """Every document that has a mistake, once all of them were read."""
        for name in ("projects", "dockerfiles", "pipelines", "nginx", "revisions", "manifests"):
            getattr(self, name)
        return sorted(set(self.problems), key=lambda one: (one.path, one.line))

    def _parsed(self, paths: list[str], reader: Callable[[str, str], T]) -> dict[str, T]:
        found = {}
        for path in paths:
            made = self._attempt(lambda p=path: reader(self.text(p), p))  # type: ignore[misc]
            if made is not None:
                found[path] = made
        return found

    def _attempt(self, read: Callable[[], T]) -> T | None:
        """What was read; a mistake in the file is kept for the rule that tells it."""
        try:
            return read()
        except DocumentInvalid as error:
            self.problems.append(error)
            return None
