"""What the engine says at moments that cannot be brought about on purpose."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from socketserver import UnixStreamServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.docker_engine import DockerEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GONE = b'{"message": "No such container: one-shot"}'


class Removes(BaseHTTPRequestHandler):
    """An engine whose container is removed by whoever ran it as soon as it has been stopped."""

    def address_string(self) -> str:
        """A socket in the file system has none."""
        return "here"

    def log_message(self, *_: object) -> None:
        """Nobody reads that."""

    def do_POST(self) -> None:
        """Stopped."""
        self.send_response(204)
        self.end_headers()

    def do_GET(self) -> None:
        """Gone."""
        self.send_response(404)
        self.send_header("Content-Length", str(len(GONE)))
        self.end_headers()
        self.wfile.write(GONE)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[DockerEngine]:
    """A client of such an engine."""
    path = tmp_path / "docker.sock"
    with UnixStreamServer(str(path), Removes) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield DockerEngine(str(path))
        server.shutdown()
        thread.join()


def test_what_is_removed_while_it_is_stopped_has_no_exit_code(engine: DockerEngine) -> None:
    """A deploy was killed, and the Compose that ran its migration lives on and cleans up."""
    assert engine.stop("one-shot", 1.0) is None
