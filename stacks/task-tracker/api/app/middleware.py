"""What every request passes through: limits in, headers out, numbers kept."""

import time
from http import HTTPStatus
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.context import Context
from app.errors import body

MAX_BODY_BYTES = 256 * 1024
MAX_DISCARDED_BYTES = 2 * 1024 * 1024


class BodyTooLargeError(Exception):
    """More bytes arrived than a request may have."""


class BodyLimit:
    """Answers 413 instead of storing it; a missing or lying Content-Length does not help."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > self._limit:
            await self._refuse(scope, receive, send)
            return
        await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise BodyTooLargeError
            return message

        try:
            await self._app(scope, counted, send)
        except BodyTooLargeError:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._discard(receive)
        text = f"the body is larger than {self._limit} bytes"
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        answer = JSONResponse(body("body_too_large", text), status, headers={"Connection": "close"})
        await answer(scope, receive, send)

    async def _discard(self, receive: Receive) -> None:
        """Read on for a while: a proxy still sending would see a reset instead of the answer."""
        discarded = 0
        while discarded < MAX_DISCARDED_BYTES:
            message = await receive()
            discarded += len(message.get("body", b""))
            if not message.get("more_body", False):
                return


class Envelope:
    """Marks every answer with request, release and caching, and counts it."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer and count the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        metrics = self._context.metrics
        status = [HTTPStatus.INTERNAL_SERVER_ERROR]
        started = time.perf_counter()
        with metrics.in_flight.labels(**metrics.labels).track_inprogress():
            try:
                await self._app(scope, receive, self._marking(scope, send, status))
            finally:
                self._count(scope, status[0], time.perf_counter() - started)

    def _marking(self, scope: Scope, send: Send, status: list[HTTPStatus]) -> Send:
        request_id = Headers(scope=scope).get("x-request-id", "")[:64] or uuid4().hex

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Cache-Control", "no-store")
                if self._context.release.release:
                    headers["X-Release"] = self._context.release.release
                if self._context.draining:
                    # The proxy must not put another request on a connection about to close.
                    headers["Connection"] = "close"
            await send(message)

        return marked

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        metrics = self._context.metrics
        route = getattr(scope.get("route"), "path", "none")
        metrics.requests.labels(
            **metrics.labels, method=scope["method"], route=route, status=int(status)
        ).inc()
        metrics.seconds.labels(**metrics.labels, route=route).observe(seconds)
