"""DF14: Python writes each line at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.dockerfiles import edited, spots
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step


@fix("DF14")
def buffered_output(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set PYTHONUNBUFFERED at the top of the stage."""
    for finding, spot in spots(repository, findings):
        yield edited(repository, finding, spot.file.path, partial(_unbuffered, spot=spot))


def _unbuffered(editor: DockerfileEditor, spot: Spot) -> None:
    editor.after(spot.one, "ENV PYTHONUNBUFFERED=1")
