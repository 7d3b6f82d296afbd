"""Send sample messages of a small company's day, so that the dashboard comes alive.

`python -m app.feed --rate 3 --count 100` in the api's container, or this file with any Python from
outside: `python3 feed.py --url http://127.0.0.1:8080`. Needs nothing but the standard library.
"""

import argparse
import http.client
import itertools
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SAMPLES = Path(__file__).parent / "feed_samples.json"
TIMEOUT_SECONDS = 10.0


def sample_messages(seed: int, run: str) -> Iterator[dict[str, Any]]:
    """Yield messages for ever: every sample once in a random order, then again."""
    chance = random.Random(seed)  # noqa: S311  (samples, no secrets)
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))
    for number in itertools.count():
        if number % len(samples) == 0:
            chance.shuffle(samples)
        source, author, content = samples[number % len(samples)]
        filled = content.replace("{n}", str(chance.randint(11, 480)))
        yield {
            "source": source,
            "external_id": f"feed-{run}-{number}",
            "author": author,
            "content": filled.replace("{d}", str(chance.randint(2, 9))),
        }


def send(url: str, message: dict[str, Any]) -> int:
    """Post one message and return the answer's status.

    Raises:
        OSError: nobody answers at that address.
    """
    address = urlsplit(url)
    connection = http.client.HTTPConnection(
        address.hostname or "127.0.0.1", address.port or 80, timeout=TIMEOUT_SECONDS
    )
    try:
        body = json.dumps(message)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/messages", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def feed(url: str, rate: float, count: int, seed: int) -> int:
    """Send `count` messages, `rate` a second; return how many were accepted."""
    accepted = 0
    started = time.monotonic()
    run = f"{time.time_ns():x}"
    for number, message in enumerate(itertools.islice(sample_messages(seed, run), count)):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        accepted += send(url, message) == http.HTTPStatus.CREATED
    return accepted


def main() -> int:
    """Read the command line, send, say how many arrived."""
    parser = argparse.ArgumentParser(description="Send sample messages to a Task Tracker.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the api answers")
    parser.add_argument("--rate", type=float, default=2.0, help="messages a second")
    parser.add_argument("--count", type=int, default=60, help="how many messages")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same order")
    options = parser.parse_args()
    accepted = feed(options.url, options.rate, options.count, options.seed)
    print(f"{accepted} of {options.count} messages accepted")
    return 0 if accepted == options.count else 1


if __name__ == "__main__":
    sys.exit(main())
