"""NX01: nginx asks for a service's address when it needs it."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.edit import RefusedError
from hitless.fix.proxies import by_file, edited
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.nginx import Directive
    from hitless.domain.finding import Finding
    from hitless.fix.nginx_edit import NginxEditor
    from hitless.fix.step import Step

RESOLVER = "resolver 127.0.0.11 valid=1s ipv6=off;"  # Docker's own; it answers at once
PASSES = ("proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass")
TARGET = r"(\w+://)?([^/\s]+)(/\S*)?$"


@fix("NX01")
def static_upstream(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Pass to a variable, and name the resolver; upstreams of one server are dissolved."""
    for root, mine in by_file(repository, findings):
        lines = {one.place.line for one in mine}
        change = partial(_dissolved, repository, root=root, lines=lines)
        yield edited(repository, mine[0], root, change)


def _dissolved(
    repository: Repository, editor: NginxEditor, root: Directive, lines: set[int]
) -> None:
    upstreams = {}
    for one in root.all("upstream"):
        if any(server.line in lines for server in one.own("server")):
            upstreams[one.args[0]] = _only_server(repository, one)
            editor.remove(one)
    passes = [one for one in root.all(*PASSES) if one.line in lines or _host(one) in upstreams]
    sets: dict[int, tuple[Directive, dict[str, str]]] = {}
    for one in passes:
        server = next(block for block in one.above() if block.name == "server")
        name, value = _passed(editor, one, upstreams)
        sets.setdefault(server.start, (server, {}))[1][name] = value
    _introduced(editor, root, [*sets.values()])


def _introduced(
    editor: NginxEditor, root: Directive, servers: list[tuple[Directive, dict[str, str]]]
) -> None:
    """Set the variables, and name the resolver where none is in force."""
    http = next(root.all("http"), None)
    resolved = [server.effective("resolver") is not None for server, _ in servers]
    if http is not None and not all(resolved):
        editor.first_in(http, RESOLVER)
    for (server, variables), known in zip(servers, resolved, strict=True):
        first = [] if http is not None or known else [RESOLVER]
        editor.first_in(server, *first, *(f"set {n} {v};" for n, v in sorted(variables.items())))


def _only_server(repository: Repository, upstream: Directive) -> str:
    """The one address of an upstream that a variable can take the place of."""
    if [one.name for one in upstream.block or ()] != ["server"]:
        raise RefusedError(f"upstream {upstream.args[0]} does more than name one server")
    server = (upstream.block or [])[0]
    if len(server.args) != 1:
        raise RefusedError(f"the server of upstream {upstream.args[0]} has parameters")
    for file in repository.nginx:
        used = any(_host(one) == upstream.args[0] for one in file.all(*PASSES))
        if file.path != upstream.path and used:
            raise RefusedError(f"{file.path} uses upstream {upstream.args[0]}, too")
    return server.args[0]


def _host(one: Directive) -> str:
    found = re.match(TARGET, one.args[0] if one.args else "")
    return found[2] if found else ""


def _passed(editor: NginxEditor, one: Directive, upstreams: dict[str, str]) -> tuple[str, str]:
    """Pass to a variable; its name and value."""
    found = re.match(TARGET, one.args[0])
    if found is None or one.name != "proxy_pass":
        raise RefusedError(f"{one.name} in line {one.line} cannot be read")
    scheme, host, rest = found[1] or "", found[2], found[3]
    value = f"{scheme}{upstreams.get(host, host)}"
    name = _free(editor.text, re.sub(r"\W", "_", host.partition(":")[0]))
    rewrite = [] if rest is None else [_rewrite(one, rest)]
    if rewrite:
        editor.before(one, *rewrite)
    editor.rewrite(one, f"proxy_pass {name};")
    return name, value


def _rewrite(one: Directive, rest: str) -> str:
    """What makes the path behind a variable what it was behind an address with a path."""
    args = one.parent.args if one.parent is not None and one.parent.name == "location" else []
    if len(args) not in (1, 2) or args[0] in ("~", "~*", "=") or not args[-1].startswith("/"):
        raise RefusedError(f"line {one.line} passes on another path than it gets")
    return f"rewrite ^{re.escape(args[-1])}(.*)$ {rest}$1 break;"


def _free(text: str, name: str) -> str:
    taken = re.search(rf"\b(set|map\s+\S+|geo\s+\S+)\s+\${name}\b", text)
    return f"${name}_address" if taken else f"${name}"
