"""What hitless.yaml means, after every default has been filled in.

A release records its settings, so that rollback and status act on what was
released and never on today's file. All times are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # codec reads it at run time
from enum import StrEnum
from typing import Any, NamedTuple

# Of the edge that Hitless brings to a project which has none.
OWN_EDGE = "hitless-edge"
OWN_IMAGE = "nginxinc/nginx-unprivileged:1.27-alpine"


class Handover(StrEnum):
    """How a worker's duty passes from the previous release to the new one."""

    OVERLAP = "overlap"  # start new, wait until ready, then stop old: for at-least-once queues
    STOP_FIRST = "stop-first"  # stop old, then start new: for work that must never run twice
    SINGLETON = "singleton"  # the same, and never a second container: a scheduler, a bot


class Delivery(StrEnum):
    """What a broker does with a job whose worker ended while it ran."""

    AT_LEAST_ONCE = "at-least-once"  # it comes again
    AT_MOST_ONCE = "at-most-once"  # it is lost, and so are jobs that come while nobody listens


class QueueType(StrEnum):
    """Where a worker's jobs come from."""

    JETSTREAM = "jetstream"  # a durable consumer that all containers of the worker share
    CORE_NATS = "core-nats"  # subjects without a stream: at most once, and nothing to ask


class Queue(NamedTuple):
    """The queue of a worker.

    Attributes:
        service: The accessory that is the NATS server.
        stream: The name of the JetStream stream.
        consumer: The name of its durable consumer.
        monitor: The port of the server's monitoring endpoint.
    """

    type: QueueType
    service: str = ""
    stream: str = ""
    consumer: str = ""
    monitor: int = 8222


class Web(NamedTuple):
    """A service that answers users through the edge.

    Attributes:
        port: The container's port.
        ready: The path that answers 2xx only while the service can serve.
        replicas: How many containers a slot holds.
        connections: The most database connections that one container opens; 0 if unknown.
    """

    port: int
    ready: str
    replicas: int = 1
    connections: int = 0


class Worker(NamedTuple):
    """A service that takes jobs from a queue and no users' traffic.

    Without ``port`` and ``ready`` the container's own healthcheck decides.

    Attributes:
        delivery: What its broker does with jobs that were not finished.
        accept_job_loss: Release it although its broker delivers at most once.
        queue: Where the broker tells what is in flight; None where it cannot be asked.
        connections: The most database connections that one container opens; 0 if unknown.
    """

    handover: Handover = Handover.OVERLAP
    stop_timeout: float = 30.0
    port: int | None = None
    ready: str | None = None
    replicas: int = 1
    delivery: Delivery = Delivery.AT_LEAST_ONCE
    accept_job_loss: bool = False
    queue: Queue | None = None
    connections: int = 0


class Route(NamedTuple):
    """A path prefix and the web service that answers below it.

    Attributes:
        path: The prefix; the longest one that fits wins.
        service: The web service's name.
        websocket: The route upgrades connections; they may stay open for long.
        assets: Hashed files: one that this slot lacks is asked of the other slot.
        asset_path: Where these files lie in the container, to be kept for later; None for no.
        timeout: Longest wait for the next part of an answer.
        port: The port of the edge on which it holds; None for the first one.
    """

    path: str
    service: str
    websocket: bool = False
    assets: bool = False
    asset_path: str | None = None
    timeout: float = 30.0
    port: int | None = None


class Proxy(NamedTuple):
    """The edge: the one container that keeps its place while slots change.

    Attributes:
        service: The Compose service whose image and published ports the edge takes; that of
            an edge which Hitless brings itself when the project has none.
        routes: Which path goes to which web service.
        include: Own nginx snippets for the server block, relative to hitless.yaml.
        confirm: The path whose fresh answers confirm a cutover.
        port: Where an edge of Hitless's own listens; None when the project has an edge.
        address: The host's address for that; all without one.
        image: The nginx image of an edge of Hitless's own.
    """

    service: str
    routes: tuple[Route, ...]
    include: tuple[str, ...] = ()
    confirm: str = "/"
    max_body: str = "10m"
    port: int | None = None
    address: str = ""
    image: str = OWN_IMAGE


class Migrations(NamedTuple):
    """The one-shot service that brings the schema forward.

    Attributes:
        current: Prints the schema's revision.
        contract: It takes away what earlier releases use; otherwise it only adds.
    """

    service: str
    command: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    timeout: float = 600.0
    contract: bool = False


class WriteProbe(NamedTuple):
    """A write that must be found again: POST a document, GET it back by its id."""

    post: str
    json: dict[str, Any]
    read_back: str


class SmokeCheck(NamedTuple):
    """One use of the preview slot and what must come back.

    Exactly one of ``path``, ``websocket``, ``write`` and ``command`` says what is done.

    Attributes:
        path: Is got.
        status: Of the answer.
        contains: A part of the body, of the first message, or of the output.
        content_type: What the answer's content type begins with.
        json: Path into the document (``build.jobs.0``) → the value there.
        matches: A regular expression that finds something in the same text.
        websocket: Is opened; its first message is what comes back.
        write: Is posted and got again; the second answer is what comes back.
        command: Runs on this machine and must end with 0.
        timeout: Seconds for each request, and for the command.
        name: What errors call it.
    """

    path: str = ""
    status: int = 200
    contains: str = ""
    content_type: str = ""
    json: Mapping[str, Any] = {}
    matches: str = ""
    websocket: str = ""
    write: WriteProbe | None = None
    command: tuple[str, ...] = ()
    timeout: float = 5.0
    name: str = ""


class Probe(NamedTuple):
    """The requests that Hitless itself sends through every deploy.

    Attributes:
        rate: Requests per second, all kinds together.
        pages: Paths asked by new and by kept connections.
        slow: A path that answers after about three seconds.
        write: A write with read-back.
        websocket: The path of a WebSocket that is held open.
    """

    rate: float = 20.0
    pages: tuple[str, ...] = ("/",)
    slow: str | None = None
    write: WriteProbe | None = None
    websocket: str | None = None


class Timing(NamedTuple):
    """How long each part of a deploy may take, in seconds."""

    ready: float = 90.0  # from start to ready of a slot
    bake: float = 10.0  # watching users' traffic after the cutover
    drain: float = 30.0  # open requests of the slot that lost the traffic
    hook: float = 60.0  # each of the user's own programs


class OnNoData(StrEnum):
    """What becomes of a release about which too little was seen."""

    ACCEPT = "accept"
    FAIL = "fail"


class Verify(NamedTuple):
    """How much proof a release must give under users' traffic.

    Attributes:
        error_rate: Good enough means that a higher error rate is excluded, with 95 %.
        slowdown: How many times the old release's p95 an answer may take.
        extra: Seconds to watch longer than the bake while the proof is not enough.
        on_no_data: What then becomes of the release.
        hold: Seconds to wait for the end of an outage that both slots share.
        require_zero_failed: Not one probe may fail before the promote.
    """

    error_rate: float = 0.03
    slowdown: float = 1.5
    extra: float = 0.0
    on_no_data: OnNoData = OnNoData.ACCEPT
    hold: float = 60.0
    require_zero_failed: bool = False


class Channel(NamedTuple):
    """Somebody who is told of deploys.

    Attributes:
        type: How; so far by an HTTP POST.
        url: The address; empty when ``url_env`` names the variable that holds it.
        secret_env: The variable with the key of the signature; empty for none.
        events: What to tell, by :class:`hitless.domain.notice.Event`; empty for everything.
        timeout: Seconds for one notice, all attempts together.
    """

    type: str = "webhook"
    url: str = ""
    url_env: str = ""
    secret_env: str = ""
    events: tuple[str, ...] = ()
    timeout: float = 5.0

    def wants(self, event: str) -> bool:
        """It asked for this event, or for all of them."""
        return not self.events or event in self.events

    @property
    def name(self) -> str:
        """What to call it without telling a secret that its path may hold."""
        host = self.url.partition("://")[2].partition("/")[0].rpartition("@")[2]
        return f"{self.type} {host.partition('?')[0] or f'${self.url_env}'}"


class Pause(NamedTuple):
    """What users get during maintenance.

    Attributes:
        page: A file with the whole page, relative to hitless.yaml; None for ours.
        retry_after: Seconds after which clients are told to come again.
        open: Paths that are answered by the service all the while.
    """

    page: str | None = None
    retry_after: float = 60.0
    open: tuple[str, ...] = ()


class Accepted(NamedTuple):
    """A finding of the audit that somebody accepted.

    Attributes:
        until: The last day on which that holds, as ``YYYY-MM-DD``; None for ever.
    """

    rule: str
    reason: str
    path: str = "*"
    subject: str = ""
    until: str | None = None


class Audit(NamedTuple):
    """What an audit of the repository leaves out, and how it weighs the rest."""

    ignore: tuple[Accepted, ...] = ()
    weights: Mapping[str, float] = {}


class OnNoTraffic(StrEnum):
    """What a canary does that has too few requests when its time is over."""

    SYNTHETIC = "synthetic"  # ask both slots ourselves, for what is missing
    HOLD = "hold"  # wait for users, though not for ever
    FAIL = "fail"  # go back


class Canary(NamedTuple):
    """How a release gets its traffic in shares.

    Attributes:
        steps: Percentages, ascending; all of it comes after the last one.
        interval: Seconds at each of them.
        min_samples: Requests that the canary must have answered at each of them.
        hold: Seconds to wait for those beyond ``interval``, with ``on_no_data: hold``.
        allow_header: The request header by which a client chooses for itself.
    """

    steps: tuple[int, ...] = (5, 25, 50)
    interval: float = 120.0
    min_samples: int = 200
    on_no_data: OnNoTraffic = OnNoTraffic.SYNTHETIC
    hold: float = 600.0
    allow_header: str | None = None


class Strategy(NamedTuple):
    """How traffic moves to a release: at once, or in shares."""

    canary: Canary | None = None


class Settings(NamedTuple):
    """One service as its hitless.yaml describes it.

    Attributes:
        environment: The one of those in hitless.yaml that this is; empty without one.
    """

    service: str
    compose: tuple[str, ...]
    proxy: Proxy
    web: dict[str, Web]
    workers: Mapping[str, Worker] = {}
    accessories: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    migrations: Migrations | None = None
    smoke: tuple[SmokeCheck, ...] = ()
    probe: Probe = Probe()
    timing: Timing = Timing()
    hooks: Mapping[str, str] = {}
    notify: tuple[Channel, ...] = ()
    strategy: Strategy = Strategy()
    verify: Verify = Verify()
    maintenance: Pause = Pause()
    environment: str = ""
    keep_hot: bool = True
    retain: int = 5
    subnet: str | None = None
    audit: Audit = Audit()
