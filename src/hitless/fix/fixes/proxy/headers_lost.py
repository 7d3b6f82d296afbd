"""NX03: a block that sets a header repeats those of the block above."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.proxies import by_file, edited
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.nginx import Directive
    from hitless.domain.finding import Finding
    from hitless.fix.nginx_edit import NginxEditor
    from hitless.fix.step import Step


@fix("NX03")
def headers_lost(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Repeat the headers that are lost, as they are written above."""
    for root, mine in by_file(repository, findings):
        for finding in mine:
            place = next(o for o in root.all("add_header") if o.line == finding.place.line)
            yield edited(repository, finding, root, partial(_repeat, place=place))


def _repeat(editor: NginxEditor, place: Directive) -> None:
    block = place.parent
    if block is None:
        return
    own = {one.args[0].lower() for one in block.own("add_header") if one.args}
    above = next(b.own("add_header") for b in block.above() if b.own("add_header"))
    lost = [one for one in above if one.args and one.args[0].lower() not in own]
    editor.before(place, *(editor.text[one.start : one.end] for one in lost))
