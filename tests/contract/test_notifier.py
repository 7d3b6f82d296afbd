"""Notices reach whoever listens, signed, once, and never further than they were sent."""

from __future__ import annotations

import http.server
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.notifier import MemoryNotifier
from hitless.adapters.webhook import Webhook, signature
from hitless.domain.errors import NotDelivered
from hitless.domain.notice import Event, Notice
from hitless.domain.settings import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.ports import Notifier

NOTICE = Notice("shop-d2-live", Event.LIVE, "shop", deploy="d2", version="v2", sent=9, failed=0)


@dataclass
class Listener:
    """A web server that answers as it is told; the last word holds from then on."""

    words: list[int] = field(default_factory=lambda: [204])
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def channel(self) -> Channel:
        return Channel(url=f"http://127.0.0.1:{self.port}/hook?token=t0ken", timeout=20.0)

    def serve(self) -> http.server.ThreadingHTTPServer:
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((self.path, dict(self.headers), body))
                word = listener.words.pop(0) if len(listener.words) > 1 else listener.words[0]
                if not word:
                    listener.hangs.wait(60)
                    return
                self.send_response(word)
                self.send_header("Location", f"http://127.0.0.1:{listener.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815  # as http.server wants it

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Listener()
    server = made.serve()
    yield made
    made.hangs.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kind", [MemoryNotifier, Webhook], ids=["memory", "real"])
def test_a_notice_that_is_taken_is_told_once(listener: Listener, kind: type[Notifier]) -> None:
    notifier: Notifier = kind()
    notifier.send(listener.channel, NOTICE)
    heard = notifier.told if isinstance(notifier, MemoryNotifier) else listener.heard
    assert len(heard) == 1


@pytest.mark.parametrize("kind", [MemoryNotifier, Webhook], ids=["memory", "real"])
def test_a_notice_that_nobody_takes_is_an_error(listener: Listener, kind: type[Notifier]) -> None:
    notifier: Notifier = kind()
    listener.words = [500]
    if isinstance(notifier, MemoryNotifier):
        notifier.deaf.add(listener.channel)
    with pytest.raises(NotDelivered, match="answered 500"):
        notifier.send(listener.channel, NOTICE)


def test_it_is_json_with_a_line_for_people(listener: Listener) -> None:
    Webhook().send(listener.channel, NOTICE)
    ((path, headers, body),) = listener.heard
    assert path == "/hook?token=t0ken"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Hitless-Event"] == "live"
    assert "X-Hitless-Signature" not in headers
    told = json.loads(body)
    assert (told["text"], told["event"], told["id"]) == (
        "shop: deploy of v2 is live", "live", "shop-d2-live",
    )  # fmt: skip
    assert (told["deploy"], told["sent"], told["failed"]) == ("d2", 9, 0)


def test_the_signature_is_an_hmac_of_the_body(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    Webhook().send(listener.channel._replace(secret_env="HOOK_SECRET"), NOTICE)  # noqa: S106  # its name
    ((_, headers, body),) = listener.heard
    assert headers["X-Hitless-Signature"] == signature("s3cret", body)
    # The example of GitHub's own documentation, whose scheme this is.
    assert signature("It's a Secret to Everybody", b"Hello, World!") == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


def test_without_its_secret_nothing_is_sent(listener: Listener) -> None:
    with pytest.raises(NotDelivered, match="the variable NO_SUCH_SECRET is not set"):
        Webhook().send(listener.channel._replace(secret_env="NO_SUCH_SECRET"), NOTICE)  # noqa: S106  # its name
    assert listener.heard == []


def test_the_address_may_be_in_a_variable(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_URL", listener.channel.url)
    Webhook().send(Channel(url_env="HOOK_URL"), NOTICE)
    assert len(listener.heard) == 1
    monkeypatch.setenv("HOOK_URL", "file:///etc/passwd")
    with pytest.raises(NotDelivered, match="no address of a web server"):
        Webhook().send(Channel(url_env="HOOK_URL"), NOTICE)


@pytest.mark.parametrize("words", [[500, 204], [429, 503, 200]])
def test_what_may_go_better_is_tried_again(listener: Listener, words: list[int]) -> None:
    listener.words = list(words)
    Webhook().send(listener.channel, NOTICE)
    assert len(listener.heard) == len(words)
    assert len({body for _, _, body in listener.heard}) == 1, "the same notice each time"


def test_three_attempts_are_enough(listener: Listener) -> None:
    listener.words = [500]
    with pytest.raises(NotDelivered):
        Webhook().send(listener.channel, NOTICE)
    assert len(listener.heard) == 3


@pytest.mark.parametrize("word", [400, 401, 404])
def test_what_is_refused_is_not_sent_again(listener: Listener, word: int) -> None:
    listener.words = [word]
    with pytest.raises(NotDelivered, match=f"answered {word}"):
        Webhook().send(listener.channel, NOTICE)
    assert len(listener.heard) == 1


@pytest.mark.parametrize("word", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(listener: Listener, word: int) -> None:
    listener.words = [word]
    with pytest.raises(NotDelivered, match="redirects are not followed"):
        Webhook().send(listener.channel, NOTICE)
    assert [path for path, _, _ in listener.heard] == ["/hook?token=t0ken"]


def test_nobody_waits_for_a_listener_that_hangs(listener: Listener) -> None:
    listener.words = [0]
    with pytest.raises(NotDelivered, match=r"no answer in|timed out"):
        Webhook().send(listener.channel._replace(timeout=0.5), NOTICE)
    assert not listener.hangs.is_set()


def test_nobody_at_the_address_is_told_without_the_secret_in_it() -> None:
    gone = Channel(url="http://127.0.0.1:9/hook?token=t0ken", timeout=5.0)
    with pytest.raises(NotDelivered, match="cannot be reached") as caught:
        Webhook().send(gone, NOTICE)
    assert "t0ken" not in caught.value.message + gone.name


def test_the_time_for_all_attempts_is_kept(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener.words = [500]
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with pytest.raises(NotDelivered):
        Webhook().send(listener.channel._replace(timeout=0.2), NOTICE)
    assert all(seconds <= 0.2 for seconds in slept)
