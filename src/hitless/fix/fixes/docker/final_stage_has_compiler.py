"""DF01: a stage that builds nothing does without a compiler."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.fix.dockerfiles import edited, refuse_unknown, spots
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


@fix("DF01")
def final_stage_has_compiler(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Install it no more where nothing uses it."""
    for finding, spot in spots(repository, findings):
        tools = frozenset(finding.value.split())
        change = partial(_without, repository, spot=spot, tools=tools)
        yield edited(repository, finding, spot.file.path, change)


def _without(
    repository: Repository, editor: DockerfileEditor, spot: Spot, tools: frozenset[str]
) -> None:
    refuse_unknown(repository, spot.file.path)
    if spot.one.keyword == "FROM":
        raise RefusedError("what it builds has to be copied into an image that only runs it")
    builders = [one for one in spot.stage.of("RUN") if run_lines.manager(one.script)]
    if builders:
        raise RefusedError(
            f"line {builders[0].line} may compile here; move both to a stage of their own"
        )
    take_out(editor, spot.one, tools)
