"""NX05: the upgrade of a WebSocket is passed on."""

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

VARIABLE = "$connection_upgrade"
MAP = ("map $http_upgrade $connection_upgrade {", "    default upgrade;", "    '' close;", "}")


@fix("NX05")
def websocket_without_upgrade(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Send the headers, and those that this takes from the blocks above."""
    for root, mine in by_file(repository, findings):
        mapped = any(VARIABLE in one.args for file in repository.nginx for one in file.all("map"))
        change = partial(_upgraded, root=root, mine=mine, mapped=mapped)
        yield edited(repository, mine[0], root, change)


def _upgraded(editor: NginxEditor, root: Directive, mine: list[Finding], *, mapped: bool) -> None:
    main = main_block(root)
    if not mapped and main is not None:
        editor.first_in(main, *MAP, "")
    connection = VARIABLE if mapped or main is not None else '"upgrade"'
    lines = {one.place.line for one in mine}
    for place in root.all("location"):
        if place.line in lines:
            _send(editor, place, connection)


def _send(editor: NginxEditor, place: Directive, connection: str) -> None:
    own = place.own("proxy_set_header")
    levels = (one.own("proxy_set_header") for one in place.above())
    above = [] if own else next((found for found in levels if found), [])
    kept = [one for one in above if one.args[0].lower() not in ("upgrade", "connection")]
    version = [] if place.effective("proxy_http_version") else ["proxy_http_version 1.1;"]
    editor.before(
        place.own("proxy_pass")[0] if place.own("proxy_pass") else next(place.all("proxy_pass")),
        *version,
        *(editor.text[one.start : one.end] for one in kept),
        "proxy_set_header Upgrade $http_upgrade;",
        f"proxy_set_header Connection {connection};",
    )
