"""What a real JetStream consumer tells of deliveries and acknowledgements."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from hitless.deploy.quiesce import FETCH
from hitless.domain.container import SERVICE
from hitless.domain.queue import MONITORING, Consumer, consumer
from testing.ground import PATIENCE, RealGround, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.docker

STREAM, NAME = "JOBS", "workers"
URL = f"http://nats:8222{MONITORING}"


class Client:
    """The few words of the NATS protocol that a publisher and a puller need.

    Source: https://docs.nats.io/reference/reference-protocols/nats-protocol
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._file = self._socket.makefile("rb")
        try:
            self._greet()
        except OSError:  # the engine's proxy listens before the server behind it does
            self.close()
            raise

    def _greet(self) -> None:
        self._file.readline()  # INFO
        self._send('CONNECT {"verbose":false,"pedantic":false}')
        self._send("SUB inbox 1")

    def api(self, subject: str, wish: dict[str, Any]) -> dict[str, Any]:
        """One request to the JetStream API."""
        self.publish(f"$JS.API.{subject}", json.dumps(wish), "inbox")
        answer: dict[str, Any] = json.loads(self.next()[1])
        assert "error" not in answer, answer
        return answer

    def publish(self, subject: str, text: str = "", reply: str = "") -> None:
        """Send one message."""
        self._send(f"PUB {subject} {reply} {len(text)}\r\n{text}")

    def pull(self) -> None:
        """Ask for one job, and wait for it as long as it takes."""
        self.publish(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{NAME}", "", "inbox")

    def next(self) -> tuple[str, str]:
        """The next message: where to reply, and its text."""
        while not (line := self._file.readline()).startswith(b"MSG"):
            assert line, "the server closed the connection"
        *_, reply, size = line.decode().split()
        return reply, self._file.read(int(size) + 2).decode()[:-2]

    def close(self) -> None:
        """End the connection, and with it every wait."""
        self._file.close()
        self._socket.close()

    def _send(self, line: str) -> None:
        self._socket.sendall(f"{line}\r\n".encode())


class Nats:
    """A server with one stream and one durable consumer."""

    def __init__(self, ground: RealGround) -> None:
        self.ground = ground
        service = {
            "image": "nats:2.10-alpine",
            "command": ["nats-server", "--jetstream", "--http_port", "8222"],
            "container_name": f"{ground.service}-nats",
            "labels": {SERVICE: ground.service},
            "networks": {"main": None},
            "ports": [{"target": 4222, "host_ip": "127.0.0.1", "protocol": "tcp"}],
        }
        network = {"name": f"{ground.service}-net", "external": True}
        document = {"name": ground.service, "services": {"nats": service}}
        path = ground.directory / "nats.json"
        path.write_text(json.dumps(document | {"networks": {"main": network}}))
        ground.compose.up(ground.service, path)
        self.container = ground.engine.inspect(f"{ground.service}-nats")

    def told(self) -> Consumer | None:
        output = self.ground.engine.run_in(self.container.id, ("sh", "-c", FETCH, URL))
        return consumer(output.text, STREAM, NAME)

    def client(self) -> Client:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return Client(self.container.ports[4222])
            except OSError:
                assert time.monotonic() < deadline, "the server does not listen"
                time.sleep(0.1)


@pytest.fixture
def nats(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Nats]:
    ground = RealGround(tmp_path, name_of(request.node.nodeid))
    ground.clear()
    dynamic = ground.subnet.replace(".0/24", ".208/28")
    ground.engine.create_network(f"{ground.service}-net", ground.subnet, dynamic, ground.service)
    yield Nats(ground)
    ground.clear()


def until(nats: Nats, wanted: Consumer) -> None:
    """What is told becomes what is wanted; an acknowledgement has no answer to wait for."""
    deadline = time.monotonic() + PATIENCE
    while (found := nats.told()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found == wanted


def test_deliveries_and_acknowledgements_are_told_as_they_are(nats: Nats) -> None:
    client = nats.client()
    assert nats.told() is None
    client.api(f"STREAM.CREATE.{STREAM}", {"name": STREAM, "subjects": ["jobs"]})
    assert nats.told() is None
    config = {"durable_name": NAME, "ack_policy": "explicit", "deliver_policy": "all"}
    wish = {"stream_name": STREAM, "config": config}
    client.api(f"CONSUMER.DURABLE.CREATE.{STREAM}.{NAME}", wish)
    assert nats.told() == Consumer(0, 0, 0, 0, asked=False)
    for number in range(3):
        client.publish("jobs", f"job {number}", "inbox")
        client.next()
    client.pull()
    first, text = client.next()
    client.pull()
    second, _ = client.next()
    assert text == "job 0"
    until(nats, Consumer(delivered=2, settled=0, in_flight=2, left=1, asked=False))
    client.publish(second, "+ACK")
    until(nats, Consumer(delivered=2, settled=0, in_flight=1, left=1, asked=False))
    client.publish(first, "+ACK")
    until(nats, Consumer(delivered=2, settled=2, in_flight=0, left=1, asked=False))
    client.pull()
    third, _ = client.next()
    client.publish(third, "+ACK")
    client.pull()
    until(nats, Consumer(delivered=3, settled=3, in_flight=0, left=0, asked=True))
    client.close()
    until(nats, Consumer(delivered=3, settled=3, in_flight=0, left=0, asked=False))
