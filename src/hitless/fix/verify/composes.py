"""Does every Compose project resolve, and do its images build?"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.verify import commands, model
from hitless.fix.verify.bench import LOOK_SECONDS, Attempt, NotChecked, Refuted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.documents.compose import Project
    from hitless.fix.verify.bench import Bench

BUILD_SECONDS = 900.0
NO_BASE = re.compile(
    r"(?:failed to resolve source metadata for|failed to do request for|pull access denied for)"
    r"\s+([^\s:,]+(?::[\w.-]+)?)"
)
NO_NETWORK = re.compile(
    r"could not resolve|name resolution|network is unreachable|no such host|connection refused"
    r"|connection timed out|proxyconnect|certificate verify failed|ENOTFOUND|ECONNREFUSED|EAI_AGAIN"
    r"|No matching distribution found|Failed to fetch",
    re.IGNORECASE,
)


def resolves(bench: Bench) -> Iterator[Attempt]:
    """Each project, with example env files where a machine has its own."""
    for project in bench.repository.projects:
        yield Attempt(
            "compose resolves",
            " + ".join(project.files),
            "Compose reads the files, and every file and variable that they need is there",
            partial(_resolve, bench, project),
        )


def _resolve(bench: Bench, project: Project) -> None:
    where = str(bench.directory / project.directory)
    output = bench.run(commands.config(bench.name, project.files, where), LOOK_SECONDS)
    if output.code != 0:
        files = " ".join(f"-f {one}" for one in project.files)
        raise Refuted(
            "Compose cannot resolve it", output.text, f"docker compose {files} config --quiet"
        )
    # Warnings of Compose stand before the document.
    document = re.search(r"^\{", output.text, re.MULTILINE)
    if document is None:
        raise Refuted("Compose printed no model", output.text)
    bench.models[project.files[0]] = json.loads(output.text[document.start() :])


def builds(bench: Bench) -> Iterator[Attempt]:
    """Each service that is built here, by itself: one that fails hides no other."""
    for one in bench.repository.projects:
        if one.files[0] not in bench.models:
            yield Attempt(
                "images, nginx, healthchecks, migrations",
                " + ".join(one.files),
                "what the project starts can be started",
                _unresolved,
            )
    for number, (project, told) in enumerate(bench.models.items()):
        reduced = model.to_build(told, f"{bench.name}-{number}")
        path = bench.put(json.dumps(reduced)) if reduced["services"] else ""
        for service in reduced["services"]:
            yield Attempt(
                "images build",
                service,
                "its Dockerfile builds from a clean checkout",
                partial(_build, bench, project, service, path),
            )


def _unresolved() -> None:
    raise NotChecked("Compose did not tell what it consists of")


def _build(bench: Bench, project: str, service: str, path: str) -> None:
    bench.need_engine()
    name = f"{bench.name}-{list(bench.models).index(project)}"
    output = bench.run(commands.build(name, path, service), BUILD_SECONDS)
    if output.code == 0:
        bench.built[project, service] = model.image_name(name, service)
        return
    if base := NO_BASE.search(output.text):
        raise NotChecked(f"no registry for base image {base[1]}")
    if NO_NETWORK.search(output.text):
        raise NotChecked("its build needs the network, which it cannot reach here")
    raise Refuted("its build fails", output.text, f"docker compose -f {project} build {service}")
