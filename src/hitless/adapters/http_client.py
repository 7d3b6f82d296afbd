"""Requests to the edge's published ports on this machine."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

from hitless.domain.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BODY = 1_000_000


class LocalHttp:
    """Implements :class:`hitless.domain.ports.Http`."""

    def get(self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0) -> Answer:
        """One GET on a connection of its own; an error is an answer with status 0."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            body = answer.read(MAX_BODY)
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, error=f"{type(error).__name__}: {error}")
        finally:
            connection.close()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, body)
