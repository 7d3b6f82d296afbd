"""One question by HTTP, in the words of what an image holds."""

from __future__ import annotations

from typing import NamedTuple

from hitless.audit.images import short
from hitless.audit.rules.orchestration.healthcheck_program_missing import lacking

Words = tuple[str, ...]


class Question(NamedTuple):
    """What to ask.

    Attributes:
        sure: The path is known to tell health, so only a good answer will do. Otherwise any
            answer will: a wrong guess must not keep a service that works out of service.
    """

    port: int
    path: str
    sure: bool

    @property
    def url(self) -> str:
        """The address, by number: some images have no name for themselves."""
        return f"http://127.0.0.1:{self.port}{self.path}"


def asking(question: Question, base: str, installed: set[str]) -> Words:
    """The healthcheck's test; empty when the image holds nothing that could ask."""
    name = short(base)
    if name in ("python", "uv"):
        return ("CMD", "python", "-c", _in_python(question))
    if name in ("node", "bun"):
        return ("CMD", name, "-e", _in_javascript(question))
    if "curl" in installed:
        strict = ("-f",) if question.sure else ()
        return ("CMD", "curl", *strict, "-s", "-o", "/dev/null", question.url)
    has_wget = "wget" in installed or ("alpine" in base and "wget" not in lacking(base))
    if has_wget and question.sure:  # it takes no other answer for an answer
        return ("CMD", "wget", "-q", "-O", "/dev/null", question.url)
    return ()


def _in_python(question: Question) -> str:
    if question.sure:
        return f"import urllib.request; urllib.request.urlopen('{question.url}', timeout=4)"
    return (
        "import http.client; "
        f"c = http.client.HTTPConnection('127.0.0.1', {question.port}, timeout=4); "
        f"c.request('GET', '{question.path}'); c.getresponse()"
    )


def _in_javascript(question: Question) -> str:
    good = "r => process.exit(r.ok ? 0 : 1)" if question.sure else "() => process.exit(0)"
    return f"fetch('{question.url}').then({good}, () => process.exit(1))"
