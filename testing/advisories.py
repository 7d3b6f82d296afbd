"""A stand-in for the two places that scanners ask what is known to be vulnerable.

Their data cannot be had here. Spoken are npm's bulk advisories
(``POST <registry>/-/npm/v1/security/advisories/bulk``: ``{package: [versions]}``, answered by
``{package: [advisory]}``) and OSV's query (``POST``: ``{package: {name, ecosystem}, version}``,
answered by ``{vulns: [...]}``, or by ``{}`` where nothing is known).
"""

from __future__ import annotations

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AServer = TypeVar("AServer", bound=ThreadingHTTPServer)
HOLE = "MADE-UP-1"
BULK = "/-/npm/v1/security/advisories/bulk"
OSV = "/v1/query"


class Advisories(ThreadingHTTPServer):
    """Knows one package to be vulnerable, or none; remembers which it was asked about."""

    daemon_threads = True

    def __init__(self, vulnerable: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.vulnerable = vulnerable
        self.asked: set[str] = set()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def env(self) -> Mapping[str, str]:
        """What makes npm and pip-audit ask here."""
        osv = {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": self.url + OSV}
        return {"npm_config_registry": self.url, **osv}


class Handler(BaseHTTPRequestHandler):
    """Answers one question."""

    server: Advisories

    def log_message(self, *_: object) -> None:
        """The tests' output is for the scanners'."""

    def do_GET(self) -> None:
        """Nothing is served here; without an answer npm would ask for a minute."""
        self.send_error(404)

    def do_POST(self) -> None:
        """Either protocol, told apart by the path."""
        asked = self._asked()
        known = _bulk(self.server, asked) if self.path == BULK else _osv(self.server, asked)
        body = json.dumps(known).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _asked(self) -> Any:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        return json.loads(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)


@contextmanager
def advisories(vulnerable: str = "") -> Iterator[Advisories]:
    """The stand-in while the block lasts."""
    with serving(Advisories(vulnerable)) as server:
        yield server


@contextmanager
def serving(server: AServer) -> Iterator[AServer]:
    """Let a server answer while the block lasts."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _bulk(server: Advisories, asked: Mapping[str, list[str]]) -> dict[str, Any]:
    server.asked |= set(asked)
    one = {"id": 1, "url": "https://example.org/1", "title": HOLE, "severity": "high"}
    known = [{**one, "vulnerable_versions": "*", "cwe": [], "cvss": {"score": 9}}]
    return {server.vulnerable: known} if server.vulnerable in asked else {}


def _osv(server: Advisories, asked: Mapping[str, Any]) -> dict[str, Any]:
    package = asked["package"]
    server.asked.add(package["name"])
    if package["name"] != server.vulnerable:
        return {}
    affected = {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": []}]}
    return {"vulns": [{"id": HOLE, "affected": [affected]}]}
