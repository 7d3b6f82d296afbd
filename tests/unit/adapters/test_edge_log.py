"""Opening the edge's log while requests never pause."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import TYPE_CHECKING

from hitless.adapters.docker_engine import FRAME
from hitless.adapters.edge_log import EngineAccessLog

if TYPE_CHECKING:
    from pathlib import Path

EVERY = 0.01
AT_MOST = 3000
SURELY_ENOUGH = 100  # lines; five seconds of them would be several hundred


def line() -> bytes:
    told = {"msec": time.time(), "slot": "blue", "status": 200, "release": "", "probe": ""}
    text = json.dumps(told | {"upstream": ""}).encode() + b"\n"
    return FRAME.pack(1, len(text)) + text


def stream_for_ever(server: socket.socket) -> None:
    """An engine whose log gets a new line before the last one was digested."""
    client, _ = server.accept()
    with client:
        client.recv(4096)
        client.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        for _ in range(AT_MOST):
            try:
                client.sendall(line())
            except OSError:  # the reader has closed
                return
            time.sleep(EVERY)


def test_steady_traffic_does_not_hold_up_who_opens_the_log(tmp_path: Path) -> None:
    path = str(tmp_path / "engine.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path)
        server.listen()
        engine = threading.Thread(target=stream_for_ever, args=(server,))
        engine.start()
        log = EngineAccessLog(path)
        log.open("edge", time.time() - 60)
        found = log.read()
        log.close()
        engine.join()
    assert 0 < len(found) < SURELY_ENOUGH
