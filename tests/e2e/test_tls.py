"""The cutover under TLS and HTTP/2, where one connection carries many requests at once."""

from __future__ import annotations

import re
import subprocess
import time
from typing import TYPE_CHECKING

from hitless.domain.slot import Slot
from tests.e2e.support.project import free_port

if TYPE_CHECKING:
    from tests.e2e.support.project import Project

FLIPS, EVERY = 50, 0.1
SECONDS = 8  # a little longer than all flips
PLAIN = 'ports: ["127.0.0.1:${HTTP_PORT}:8080"]'
# After its thousandth request nginx closes a connection, and h2load opens no other.
SNIPPET = """\
keepalive_requests 1000000;
listen 8443 ssl;
http2 on;
ssl_certificate     /certs/fullchain.pem;
ssl_certificate_key /certs/privkey.pem;
"""


def test_flips_under_tls_and_http2_lose_nothing(fresh: Project) -> None:
    port = with_tls(fresh)
    fresh.done("deploy", "v1")
    fresh.behave(text="newer")
    fresh.done("deploy", "v2")
    with h2load(port) as load:
        for _ in range(FLIPS):
            fresh.edge.activate(fresh.edge.active().other)
            time.sleep(EVERY)
        said, _ = load.communicate(timeout=SECONDS + 30)
    counted = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", requests(said))}
    assert counted["succeeded"] > FLIPS * 10, said
    assert counted["failed"] + counted["errored"] + counted["timeout"] == 0, said
    assert answers(said).keys() == {"2xx"}, said
    assert "Application protocol: h2" in said
    assert fresh.edge.active() in Slot


def with_tls(project: Project) -> int:
    """A second port of the edge that speaks TLS, as the guide has it; returns the port."""
    port = free_port()
    certificates = project.directory / "certs"
    certificates.mkdir()
    key, chain = certificates / "privkey.pem", certificates / "fullchain.pem"
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1")
    names = ("-subj", "/CN=localhost", "-keyout", str(key), "-out", str(chain))
    subprocess.run((*made, *names), check=True, capture_output=True)
    key.chmod(0o644)  # nginx runs as another user
    (project.directory / "tls.conf").write_text(SNIPPET)
    both = f'ports: ["127.0.0.1:${{HTTP_PORT}}:8080", "127.0.0.1:{port}:8443"]'
    project.edit("compose.yml", PLAIN, f'{both}\n    volumes: ["./certs:/certs:ro"]')
    project.edit(
        "hitless.yaml", "  confirm: /version", "  confirm: /version\n  include: [tls.conf]"
    )
    return port


def h2load(port: int) -> subprocess.Popen[str]:
    """Clients with several requests under way on each connection, for a bounded time."""
    url = f"https://127.0.0.1:{port}/version"
    command = ("h2load", "-t1", "-c8", "-m4", f"-D{SECONDS}", url)
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def requests(said: str) -> str:
    """The line with what became of all requests."""
    return next(line for line in said.splitlines() if line.startswith("requests:"))


def answers(said: str) -> dict[str, int]:
    """How many answers of each class there were, without those of which there were none."""
    line = next(line for line in said.splitlines() if line.startswith("status codes:"))
    return {kind: int(n) for n, kind in re.findall(r"(\d+) (\dxx)", line) if int(n)}
