"""DF10: the healthcheck asks by the language at hand, and the tool goes."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.images import short
from hitless.fix.dockerfiles import edited, spots
from hitless.fix.edit import RefusedError
from hitless.fix.packages import take_out
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step

TOOLS = frozenset(("curl", "wget", "procps"))
PROGRAMS = {"procps": r"\b(ps|pgrep|pkill|top|free)\b"}
URL = r"https?://[^\s\"'|;&]+"


@fix("DF10")
def tool_only_for_healthcheck(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Ask by Python or Node, and install the tool no more."""
    for finding, spot in spots(repository, findings):
        tools = frozenset(t for t in TOOLS if t in finding.message)
        change = partial(_without, repository, spot=spot, tools=tools)
        yield edited(repository, finding, spot.file.path, change)


def _without(
    repository: Repository, editor: DockerfileEditor, spot: Spot, tools: frozenset[str]
) -> None:
    tools &= run_lines.packages(spot.one.script)
    for service in repository.services:
        image = repository.image_of(service)
        words = " ".join([*service.healthcheck(), *service.words("command")])
        if image is not None and image[0].path == spot.file.path and _uses(words, tools):
            raise RefusedError(f"the healthcheck or command of {service} in Compose uses it")
    for check in spot.stage.of("HEALTHCHECK"):
        if _uses(check.text, tools):
            flags = "".join(f" --{n}={v}" for n, vs in check.flags.items() for v in vs)
            words = json.dumps(_asking(check.text, short(spot.file.lineage(spot.stage)[-1].base)))
            editor.rewrite(check, f"HEALTHCHECK{flags} CMD {words}")
    take_out(editor, spot.one, tools)


def _uses(text: str, tools: frozenset[str]) -> bool:
    return any(re.search(PROGRAMS.get(tool, rf"\b{tool}\b"), text) for tool in tools)


def _asking(text: str, language: str) -> list[str]:
    """The words of a healthcheck that asks the same address."""
    url = re.search(URL, text)
    if url is None:
        raise RefusedError("the healthcheck asks something that is no address")
    if language == "python":
        code = f"import urllib.request as r; r.urlopen('{url[0]}', timeout=3)"
        return ["python", "-c", code]
    if language == "node":
        code = f"fetch('{url[0]}').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
        return ["node", "-e", code]
    raise RefusedError(f"nothing in an image of {language} is known to ask by HTTP")
