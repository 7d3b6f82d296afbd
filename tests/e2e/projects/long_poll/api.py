"""News for whoever waits: /api/news answers with the next one, or after two seconds with none."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EDITION = "morning"
LONGEST = 2.0
NEWS = threading.Condition()


def answer(path: str) -> str:
    """What a path says; empty where there is nothing."""
    if path == "/api/health":
        return EDITION
    if path == "/api/news":
        with NEWS:
            return EDITION if NEWS.wait(LONGEST) else f"no news for the {EDITION} edition"
    return ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        self._say(answer(self.path))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with NEWS:
            NEWS.notify_all()
        self._say("told")

    def _say(self, text: str) -> None:
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """The edge writes the access log."""


class Server(ThreadingHTTPServer):
    request_queue_size = 512


Server(("", 9000), Handler).serve_forever()
