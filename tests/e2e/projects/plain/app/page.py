"""One page, and a path for whoever asks how it is."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGES = {"/": "Hello from a plain project\n", "/healthz": "ok\n"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The edge writes the access log."""


ThreadingHTTPServer(("", 8000), Handler).serve_forever()
