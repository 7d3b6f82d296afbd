"""Is this container serving? `python -m app.probe PORT PATH`, for HEALTHCHECK: exit 0 is yes."""

import http.client
import sys

TIMEOUT_SECONDS = 3.0


def answers(port: int, path: str) -> bool:
    """Tell whether `path` answers 200 on this container's own `port`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(int(sys.argv[1]), sys.argv[2]) else 1)
