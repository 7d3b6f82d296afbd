"""What nginx does with the configuration that Hitless renders, and nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hitless.adapters.memory.canary import Canaries
from hitless.domain.access import Access, Attempt
from hitless.domain.answer import Answer
from hitless.domain.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hitless.adapters.memory.edge import MemoryEdge
    from hitless.adapters.memory.machine import Machine

UPSTREAM = re.compile(r"upstream (\S+) \{(.*?)\n    \}", re.DOTALL)
SERVER = re.compile(r"server ([\d.:]+)")
TARGETS = re.compile(r"map \$slot\$spill \$(\w+) \{(.*?)\n    \}", re.DOTALL)
TARGET = re.compile(r"(\w+\+?) (\S+);")
LOCATION = re.compile(r"location (\S+) \{\s*proxy_pass http://\$(\w+);(.*?)\n        \}", re.DOTALL)
DIRECT = re.compile(r"location (/\.hitless/at/\S+)/ \{\s*proxy_pass http://([\d.:]+)/;")
KEY = re.compile(r'"(\w+)" \$upstream_addr;')
OPEN = re.compile(r'if \(\$uri = "(\S+)"\)')
RETRY = re.compile(r"maintenance.html;\s+default_type text/html;\s+add_header Retry-After (\d+)")
OURS = "/.hitless/"
GENERATION = re.compile(r"# generation (\S+)")
LISTEN = re.compile(r"listen (\d+);")
STATEMENT_ENDS = ("{", "}", ";")
NOT_FOUND, BAD_GATEWAY, CLOSED = 404, 502, 503
MS = 2.0  # an answer of the small world takes no time; this is what is logged


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration, understood."""

    generation: str
    public: int
    control: int
    key: str
    upstreams: Mapping[str, tuple[str, ...]]
    targets: Mapping[str, Mapping[str, str]]
    routes: Mapping[str, str]
    asks_again: frozenset[str]
    keeps: frozenset[str]
    directs: Mapping[str, str]
    open: frozenset[str]
    retry_after: str
    canaries: Canaries


@dataclass(slots=True)
class _Tried:
    """What nginx tried for one request, in its order."""

    attempts: list[Attempt] = field(default_factory=list)

    @property
    def addresses(self) -> str:
        """As nginx shows them."""
        return ", ".join(attempt.address for attempt in self.attempts)


class Nginx:
    """Answers as the loaded configuration, the flags and the containers say.

    Args:
        machine: Where the containers are.
        edge: The files it reads.

    Attributes:
        accesses: Its access log.
    """

    def __init__(self, machine: Machine, edge: MemoryEdge) -> None:
        self._machine = machine
        self._edge = edge
        self._config: Config | None = None
        self.accesses: list[Access] = []

    def load(self) -> None:
        """Read the configuration, at start and at SIGHUP; a broken one changes nothing."""
        text = self._edge.config()
        if text and not _broken(text):
            self._config = _understood(text)

    def test(self) -> str:
        """What ``nginx -t`` says against the candidate; empty when it is right."""
        return _broken(self._edge.candidate)

    def answer(self, port: int, path: str, headers: Mapping[str, str]) -> Answer | None:
        """The answer on a container port; None when it does not listen there."""
        sent = {name.lower(): value for name, value in headers.items()}
        if self._config and port == self._config.public:
            return self._public(self._config, path, sent)
        if self._config and port == self._config.control:
            return self._control(self._config, path, sent)
        return None

    def _public(self, config: Config, path: str, headers: Mapping[str, str]) -> Answer:
        active, share = self._edge.active(), self._edge.share()
        slot = config.canaries.slot(active, share, headers, len(self.accesses))
        answer, tried = self._chosen(config, slot, path, headers)
        probe = headers.get("x-hitless-probe", "")
        now, release = self._machine.clock.now(), answer.release if tried.attempts else ""
        self.accesses.append(
            Access(now, slot, answer.status, release, probe, tuple(tried.attempts))
        )
        known = headers.get("x-hitless-key") == config.key
        marked = _marked(answer, slot, tried.addresses if known else "")
        kind = answer.headers.get("content-type", "")
        stay = config.canaries.cookie(share, headers, kind) if share else ""
        return marked._replace(headers={**marked.headers, "set-cookie": stay}) if stay else marked

    def _chosen(
        self, config: Config, slot: Slot, path: str, headers: Mapping[str, str]
    ) -> tuple[Answer, _Tried]:
        if path.startswith(OURS):
            status = 200 if path == f"{OURS}health" else NOT_FOUND
            return Answer(status, {"content-type": "text/plain"}, b"ok\n"), _Tried()
        if self._edge.closed():
            return Answer(
                CLOSED, {"retry-after": "5", "content-type": "text/plain"}, b"closed"
            ), _Tried()
        let_through = headers.get("x-hitless-key") == config.key or path in config.open
        if self._edge.maintenance() and not let_through:
            told = {"retry-after": config.retry_after, "content-type": "text/html"}
            return Answer(CLOSED, told, self._edge.page.encode()), _Tried()
        spills = self._edge.fallback() or slot is not self._edge.active()
        return self._forwarded(config, f"{slot}+" if spills else str(slot), path)

    def _control(self, config: Config, path: str, headers: Mapping[str, str]) -> Answer:
        if path == "/.hitless/edge":
            return Answer(200, {"content-type": "text/plain"}, f"{config.generation}\n".encode())
        wish = headers.get("x-hitless-slot", "")
        slot = Slot(wish) if wish in tuple(Slot) else self._edge.active().other
        for prefix, server in config.directs.items():
            if path.startswith(f"{prefix}/"):
                found = self._machine.request(server, path.removeprefix(prefix))
                return _marked(found or Answer(BAD_GATEWAY), slot, server)
        answer, tried = self._forwarded(config, str(slot), path)
        return _marked(answer, slot, tried.addresses)

    def _forwarded(self, config: Config, choice: str, path: str) -> tuple[Answer, _Tried]:
        """The answer of the first server that gives one, and all that were tried."""
        fitting = [prefix for prefix in config.routes if path.startswith(prefix)]
        if not fitting:
            return Answer(NOT_FOUND), _Tried()
        route = max(fitting, key=len)
        upstream = config.targets[config.routes[route]][choice]
        tried = _Tried()
        last = Answer(BAD_GATEWAY, {"content-type": "text/html"}, b"bad gateway")
        for answer in self._answers(config.upstreams[upstream], path, tried):
            last = answer
            if answer.status != NOT_FOUND or route not in config.asks_again:
                break
        kept = self._edge.kept_file(path) if last.status == NOT_FOUND else None
        if kept is not None and route in config.keeps:
            last = Answer(200, {"content-type": "application/octet-stream"}, kept)
        return last, tried

    def _answers(self, servers: tuple[str, ...], path: str, tried: _Tried) -> Iterator[Answer]:
        for server in servers:
            address = server.partition(":")[0]
            answer = self._machine.request(server, path)
            if answer is None:
                tried.attempts.append(Attempt(address, BAD_GATEWAY, connected=False))
            else:
                tried.attempts.append(Attempt(address, answer.status, ms=MS))
                yield answer


def _marked(answer: Answer, slot: str, upstream: str) -> Answer:
    ours = {"x-slot": slot} | ({"x-upstream": upstream} if upstream else {})
    return Answer(answer.status, {**answer.headers, **ours}, answer.body)


def _understood(text: str) -> Config:
    locations = LOCATION.findall(text)
    ports = LISTEN.findall(text)
    return Config(
        generation=GENERATION.findall(text)[0],
        public=int(ports[0]),
        control=int(ports[1]),
        key=KEY.findall(text)[0],
        upstreams={name: tuple(SERVER.findall(body)) for name, body in UPSTREAM.findall(text)},
        targets={name: dict(TARGET.findall(body)) for name, body in TARGETS.findall(text)},
        routes={path: variable for path, variable, _ in locations},
        asks_again=frozenset(p for p, _, rest in locations if "proxy_next_upstream" in rest),
        keeps=frozenset(p for p, _, rest in locations if "@kept" in rest),
        directs=dict(DIRECT.findall(text)),
        open=frozenset(OPEN.findall(text)),
        retry_after=RETRY.findall(text)[0],
        canaries=Canaries.of(text),
    )


def _broken(text: str) -> str:
    """The first line that ends no statement; empty when there is none."""
    for number, line in enumerate(text.splitlines(), 1):
        said = re.sub(r"(^|\s)#.*", "", line).strip()
        quoted = said.startswith(("'", "log_format"))
        if said and not quoted and not said.endswith(STATEMENT_ENDS):
            return f'nginx: [emerg] unexpected end of "{said}" in candidate.conf:{number}'
    return ""
