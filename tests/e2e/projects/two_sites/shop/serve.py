"""The shop: how many visitors there were, as Redis knows it."""

import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = "Welcome, visitor"
COMMAND = ("INCR", "visits")


def redis(*words: str) -> str:
    """The answer to one command, on a connection of its own."""
    sent = "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
    with socket.create_connection(("redis", 6379), timeout=5) as connection:
        connection.sendall(f"*{len(words)}\r\n{sent}".encode())
        with connection.makefile() as answer:
            first = answer.readline().strip()
            if first == "$-1":
                return "none"
            return answer.readline().strip() if first.startswith("$") else first.lstrip(":+")


def page(path: str) -> str:
    """What a path shows; empty where there is nothing."""
    if path == "/ready":
        return redis("PING")
    return f"{GREETING} {redis(*COMMAND)}\n" if path == "/" else ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        body = page(self.path).encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The edge writes the access log."""


class Server(ThreadingHTTPServer):
    request_queue_size = 512


Server(("", 8000), Handler).serve_forever()
