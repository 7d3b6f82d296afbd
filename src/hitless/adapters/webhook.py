"""Notices as HTTP POSTs with a JSON body, signed where a secret is given."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hitless
from hitless.domain.errors import NotDelivered

if TYPE_CHECKING:
    from hitless.domain.notice import Notice
    from hitless.domain.settings import Channel

ATTEMPTS = 3
PAUSE = 0.3
TOO_MANY, SERVER_ERROR, REDIRECT, CLIENT_ERROR = 429, 500, 300, 400
SIGNATURE = "X-Hitless-Signature"


@dataclass(frozen=True, slots=True)
class Answered:
    """How an attempt ended: a status, or 0 and why there is none."""

    status: int
    reason: str = ""

    @property
    def taken(self) -> bool:
        """Any 2xx."""
        return self.status < SERVER_ERROR and self.status // 100 == 2  # noqa: PLR2004

    @property
    def worth_another(self) -> bool:
        """It may go better next time."""
        return self.status in (0, TOO_MANY) or self.status >= SERVER_ERROR

    def __str__(self) -> str:
        if REDIRECT <= self.status < CLIENT_ERROR:
            return f"answered {self.status}; redirects are not followed"
        return f"answered {self.status}" if self.status else self.reason


class Webhook:
    """Implements :class:`hitless.domain.ports.Notifier`."""

    def send(self, channel: Channel, notice: Notice) -> None:
        """POST until somebody takes it, three times at most and no longer than it may take."""
        request = _request(channel, notice)
        deadline = time.monotonic() + channel.timeout
        answered = Answered(0, "there was no time")
        for number in range(ATTEMPTS):
            time.sleep(min(number * PAUSE, max(0.0, deadline - time.monotonic())))
            left = deadline - time.monotonic()
            if left <= 0:
                break
            answered = _within(left, request)
            if answered.taken:
                return
            if not answered.worth_another:
                break
        raise NotDelivered(str(answered), 'try it with "hitless notify"')


def signature(secret: str, body: bytes) -> str:
    """What the receiver computes, too: HMAC-SHA256 of the body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _request(channel: Channel, notice: Notice) -> urllib.request.Request:
    url = channel.url or _variable(channel.url_env)
    body = json.dumps(notice.document()).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"hitless/{hitless.__version__}",
        "X-Hitless-Event": str(notice.event),
    }
    if channel.secret_env:
        headers[SIGNATURE] = signature(_variable(channel.secret_env), body)
    if not url.startswith(("http://", "https://")):
        raise NotDelivered(f"${channel.url_env} holds no address of a web server")
    return urllib.request.Request(url, body, headers, method="POST")  # noqa: S310  # looked at above


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise NotDelivered(f"the variable {name} is not set")
    return value


def _within(seconds: float, request: urllib.request.Request) -> Answered:
    """One attempt; a name server or a slow answer cannot hold it longer than this."""
    found: list[Answered] = []
    thread = threading.Thread(target=lambda: found.append(_attempt(request, seconds)), daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else Answered(0, f"no answer in {seconds:.1f} s")


def _attempt(request: urllib.request.Request, seconds: float) -> Answered:
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=seconds) as response:
            return Answered(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return Answered(error.code)
    except (OSError, ValueError, urllib.error.URLError) as error:
        return Answered(0, f"cannot be reached: {getattr(error, 'reason', error)}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A notice, and its signature, go to the address that was written down and no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow nothing."""
