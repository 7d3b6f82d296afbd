"""NX08: paths that machines ask get no page for an answer."""

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


@fix("NX08")
def page_answers_for_metrics(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Answer 404 for /metrics, above the location that answers everything."""
    for root, mine in by_file(repository, findings):
        for finding in mine:
            page = next(o for o in root.all("try_files") if o.line == finding.place.line)
            yield edited(repository, finding, root, partial(_refused, page=page))


def _refused(editor: NginxEditor, page: Directive) -> None:
    outer = page
    while outer.parent is not None and outer.parent.name != "server":
        outer = outer.parent
    editor.before(outer, "location = /metrics { return 404; }")
