"""NX06: nginx keeps its version to itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.proxies import by_file, edited, main_block
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.nginx import Directive
    from hitless.domain.finding import Finding
    from hitless.fix.nginx_edit import NginxEditor
    from hitless.fix.step import Step


@fix("NX06")
def shows_its_version(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Switch it off in http, or in each server of a file that is included there."""
    for root, mine in by_file(repository, findings):
        yield edited(repository, mine[0], root, partial(_silenced, root=root))


def _silenced(editor: NginxEditor, root: Directive) -> None:
    main = main_block(root)
    blocks = [main] if main is not None and main.name else list(root.all("server"))
    for block in blocks:
        editor.first_in(block, "server_tokens off;")
