"""A stand-in for the one place that govulncheck asks, whose address is a part of its command.

So it is reached as a proxy: the client says ``CONNECT`` with that place's name and finds it here,
with a certificate that was made for the test. What modules are fetched from is not proxied. Spoken
is the database's protocol, ``index/db``, ``index/modules`` and ``ID/<id>``, each as ``.json.gz``
(https://go.dev/security/vuln/database#api).
"""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import tempfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from testing.advisories import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PLACE = "vuln.go.dev"
MODULES = ".golang.org"  # those of the command itself, which are fetched as ever
SINCE = "2026-01-01T00:00:00Z"


class GoAdvisories(ThreadingHTTPServer):
    """Knows of nothing when it is read first, and of one vulnerable function from then on."""

    daemon_threads = True

    def __init__(self, certificate: Path, package: str, function: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tls = _proved(certificate)
        self.known = database(package, function)
        self.readings = 0

    def file(self, path: str) -> Any:
        """What it holds there; None where it holds nothing."""
        if path == "/index/db.json.gz":
            self.readings += 1
        if path == "/index/modules.json.gz" and self.readings == 1:
            return []
        return self.known.get(path.removesuffix(".json.gz"))

    def env(self, certificates: str) -> Mapping[str, str]:
        """What makes govulncheck ask here, where that folder holds the certificate."""
        proxy = f"http://127.0.0.1:{self.server_port}"
        return {"HTTPS_PROXY": proxy, "NO_PROXY": MODULES, "SSL_CERT_DIR": certificates}


class Handler(BaseHTTPRequestHandler):
    """The proxy, and after the handshake the place itself."""

    protocol_version = "HTTP/1.1"
    server: GoAdvisories

    def log_message(self, *_: object) -> None:
        """The tests' output is for the scanner's."""

    def do_CONNECT(self) -> None:
        """Be the place, if it is the one that was asked for."""
        if self.path != f"{PLACE}:443":
            self.send_error(403, f"this is no way to {self.path}")
            return
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def do_GET(self) -> None:
        """A file of the database."""
        found = self.server.file(self.path)
        body = b"" if found is None else gzip.compress(json.dumps(found).encode())
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        """Close also what was wrapped."""
        super().finish()
        self.connection.close()


@contextmanager
def go_advisories(folder: Path, package: str, function: str) -> Iterator[GoAdvisories]:
    """The stand-in while the block lasts; its certificate is ``ca.pem`` in the folder."""
    with serving(GoAdvisories(folder / "ca.pem", package, function)) as server:
        yield server


def database(package: str, function: str) -> dict[str, Any]:
    """Its files once a function of Go's own library is known to be vulnerable: path to content."""
    name = "GO-0000-0001"
    affected = {
        "package": {"name": "stdlib", "ecosystem": "Go"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
        "ecosystem_specific": {"imports": [{"path": package, "symbols": [function]}]},
    }
    told = {"schema_version": "1.3.1", "id": name, "modified": SINCE, "published": SINCE}
    # Without a page govulncheck dies, which looks like a finding.
    page = {"url": f"https://{PLACE}/{name}"}
    hole = {"summary": "a made-up hole", "affected": [affected], "database_specific": page}
    return {
        "/index/db": {"modified": SINCE},
        "/index/modules": [{"path": "stdlib", "vulns": [{"id": name, "modified": SINCE}]}],
        f"/ID/{name}": told | hole,
    }


def _proved(shown: Path) -> ssl.SSLContext:
    """Speak as the place, with a certificate that is written to ``shown``; its key is kept."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1")
    named = ("-subj", f"/CN={PLACE}", "-addext", f"subjectAltName=DNS:{PLACE}")
    with tempfile.TemporaryDirectory() as folder:
        key = f"{folder}/key.pem"
        written = ("-keyout", key, "-out", str(shown))
        subprocess.run((*made, *named, *written), check=True, capture_output=True)
        context.load_cert_chain(shown, key)
    return context
