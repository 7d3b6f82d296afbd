"""One HTTP/1.1 request and its whole answer over a socket, and nothing else.

A rollback asks about thirty small questions and must be over in a fifth of a second.
Importing ``http.client`` (with its e-mail parser and TLS) takes longer than all of
them together, so this reads what RFC 9112 lets a server send to a client that asked
it to close the connection: a length, chunks, or everything up to the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from socket import socket
    from typing import BinaryIO

LONGEST_LINE = 65_536
MOST_HEADERS = 200
READ_AT_ONCE = 65_536
NO_BODY = (204, 304)
FIRST_FINAL = 200  # answers below are interim (RFC 9110, 15.2)


class DamagedAnswer(OSError):
    """The other side does not speak HTTP, or stopped in the middle of an answer."""


class Reply(NamedTuple):
    """A complete answer; header names in lower case, the last of equal ones wins."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(
    connected: socket,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    most: int | None = None,
) -> Reply:
    """Send a request on a fresh connection and read its answer.

    Args:
        connected: Its time-out bounds each wait; the caller closes it.
        method: Such as ``GET``.
        target: Path and query, already encoded.
        headers: Without Connection and Content-Length.
        body: What is sent.
        most: Read no more bytes of the body than this.

    Raises:
        ValueError: when the request would break out of its line.
        DamagedAnswer: when the answer is none.
        OSError: when the connection breaks or times out.
    """
    send(connected, method, target, headers, body)
    return receive(connected, method, most=most)


def send(
    connected: socket, method: str, target: str, headers: Mapping[str, str], body: bytes = b""
) -> None:
    """The first half of :func:`exchange`."""
    connected.sendall(_head(method, target, headers, len(body)) + body)


def receive(connected: socket, method: str, *, most: int | None = None) -> Reply:
    """The second half of :func:`exchange`."""
    with connected.makefile("rb") as stream:
        status, found = _interim_skipped(stream)
        if method == "HEAD" or status in NO_BODY:
            return Reply(status, found, b"")
        return Reply(status, found, _body(stream, found, most))


def _head(method: str, target: str, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    lines += ["Connection: close", *([f"Content-Length: {length}"] if length else ())]
    if " " in target or any("\r" in line or "\n" in line for line in lines):
        raise ValueError(f"cannot be sent: {target!r}")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def _interim_skipped(stream: BinaryIO) -> tuple[int, dict[str, str]]:
    while True:
        status, headers = _status(_line(stream)), _headers(stream)
        if status >= FIRST_FINAL:
            return status, headers


def _status(line: str) -> int:
    version, _, rest = line.partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not (code.isascii() and code.isdigit()):
        raise DamagedAnswer(f"damaged answer: {line[:80]!r}")
    return int(code)


def _headers(stream: BinaryIO) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = _line(stream)
        if not line:
            return found
        name, _, value = line.partition(":")
        found[name.strip().lower()] = value.strip()
    raise DamagedAnswer(f"damaged answer: more than {MOST_HEADERS} headers")


def _line(stream: BinaryIO) -> str:
    line = stream.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise DamagedAnswer("damaged answer: it ends too early")
    return line.rstrip(b"\r\n").decode("latin-1")


def _body(stream: BinaryIO, headers: Mapping[str, str], most: int | None) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunks(stream, most)
    length = headers.get("content-length")
    if length is None:
        return _up_to(stream, most)
    wanted = _number(length, 10)
    return _exactly(stream, wanted if most is None else min(wanted, most))


def _chunks(stream: BinaryIO, most: int | None) -> bytes:
    body = bytearray()
    while size := _number(_line(stream).partition(";")[0], 16):
        body += _exactly(stream, size)
        _line(stream)
        if most is not None and len(body) >= most:
            return bytes(body[:most])
    return bytes(body)


def _number(text: str, base: int) -> int:
    try:
        number = int(text.strip(), base)
    except ValueError:
        number = -1
    if number < 0:
        raise DamagedAnswer(f"damaged answer: {text[:20]!r} is no length")
    return number


def _exactly(stream: BinaryIO, size: int) -> bytes:
    found = _up_to(stream, size)
    if len(found) < size:
        raise DamagedAnswer(f"damaged answer: {size - len(found)} bytes are missing")
    return found


def _up_to(stream: BinaryIO, most: int | None) -> bytes:
    """Part by part: a length that lies must not reserve memory."""
    body = bytearray()
    while most is None or len(body) < most:
        left = READ_AT_ONCE if most is None else min(READ_AT_ONCE, most - len(body))
        part = stream.read(left)
        if not part:
            break
        body += part
    return bytes(body)
