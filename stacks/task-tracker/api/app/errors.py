"""Every error the API can answer with, in one shape.

ApiError
├── NotFoundError        404
├── ConflictError        409
├── WrongTokenError      401
├── InvalidError         422
└── UnavailableError     503, with Retry-After
"""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

RETRY_AFTER_SECONDS = 2


class ApiError(Exception):
    """An error whose text the caller may read."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "internal"


class NotFoundError(ApiError):
    """The path names an object that does not exist."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class ConflictError(ApiError):
    """The object exists already."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class WrongTokenError(ApiError):
    """A webhook came without its source's token."""

    status = HTTPStatus.UNAUTHORIZED
    code = "wrong_token"


class InvalidError(ApiError):
    """The request is well-formed and makes no sense."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"


class UnavailableError(ApiError):
    """The database does not answer; the same request may succeed in a moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"


_CODES = {
    HTTPStatus.BAD_REQUEST: "malformed_json",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
}


def body(code: str, message: str, details: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Return the JSON of an error answer."""
    error: dict[str, Any] = {"code": code, "message": message}
    return {"error": error | ({"details": details} if details else {})}


def install(app: FastAPI) -> None:
    """Answer every error of `app` in the one shape."""

    @app.exception_handler(ApiError)
    async def api_error(_: Request, error: ApiError) -> JSONResponse:
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.status == 503 else {}  # noqa: PLR2004
        return JSONResponse(body(error.code, str(error)), error.status, retry)

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(HTTPStatus(error.status_code), "error")
        return JSONResponse(body(code, str(error.detail)), error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = error.errors()
        if any(problem["type"] == "json_invalid" for problem in problems):
            return JSONResponse(body("malformed_json", "the body is no JSON"), 400)
        details = [
            {"field": ".".join(str(part) for part in problem["loc"]), "message": problem["msg"]}
            for problem in problems
        ]
        return JSONResponse(body("invalid", "the request is not valid", details), 422)
