"""The keys of hitless.yaml.

The descriptions here are the reference page, ``hitless config schema`` and the text
an editor shows; the defaults are those of :mod:`hitless.domain.settings`.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from hitless.domain.settings import OWN_EDGE, OWN_IMAGE

LONGEST_NOTICE = 60
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _seconds(value: Any) -> Any:
    """``90``, ``"90s"``, ``"1.5m"`` and ``"250ms"`` as seconds."""
    if isinstance(value, bool):
        raise ValueError("not a duration: write 30s, 10m or 250ms")  # noqa: TRY004  # pydantic wants ValueError
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", value.strip())
    if not found:
        raise ValueError(f"not a duration: {value!r}; write 30s, 10m or 250ms")
    return float(found[1]) * UNITS[found[2]]


Duration = Annotated[
    float,
    BeforeValidator(_seconds, json_schema_input_type=str | float),
    Field(ge=0, le=86_400),
]
# YAML makes a date of what looks like one; the pattern wants its text.
Day = Annotated[
    str, BeforeValidator(str, json_schema_input_type=str), Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$")]
Path = Annotated[str, Field(pattern=r"^/[!-~]*$")]
OptionalPath = Annotated[str, Field(pattern=r"^(/[!-~]*)?$")]
Variable = Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")]
Port = Annotated[int, Field(ge=1, le=65_535)]
Hook = Literal["pre-deploy", "post-deploy", "on-failure"]
Replicas = Annotated[int, Field(ge=1, le=16)]
Connections = Annotated[int, Field(ge=0, le=10_000)]


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, strict=False
    )


class WebSection(_Section):
    """A service that answers users through the edge."""

    port: Port
    """The container's port."""
    ready: Path
    """A path that answers 2xx only while the service can serve, for example `/ready`."""
    replicas: Replicas = 1
    """How many containers of it a slot holds."""
    connections: Connections = 0
    """The most database connections that one container opens: its pool times its processes.
    The preflight takes what it measures on the running release where that is more."""


class QueueSection(_Section):
    """The queue that a worker takes its jobs from, where it can be asked what is in flight."""

    type: Literal["jetstream", "core-nats"]
    """`jetstream`: a durable consumer, which delivers at least once. `core-nats`: subjects
    without a stream, which deliver at most once."""
    service: str = ""
    """The accessory that is the NATS server."""
    stream: str = ""
    """The stream's name."""
    consumer: str = ""
    """The durable consumer's name."""
    monitor: Port = 8222
    """The port of the server's monitoring endpoint (`--http_port`)."""

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if self.type == "jetstream" and not (self.service and self.stream and self.consumer):
            raise ValueError("jetstream needs service, stream and consumer")
        return self


class WorkerSection(_Section):
    """A service that takes jobs from a queue."""

    handover: Literal["overlap", "stop-first", "singleton"] = "overlap"
    """`overlap`: the new one is ready before the old one stops (at-least-once queues).
    `stop-first`: the old ones have stopped before the new ones start. `singleton`: the same for
    what may exist only once, such as a scheduler or a polling bot."""
    queue: QueueSection | None = None
    """The queue. With `jetstream` a handover is over only when nothing that was delivered to
    the old workers is unacknowledged, and the new ones take jobs."""
    delivery: Literal["at-least-once", "at-most-once"] = "at-least-once"
    """What the broker does with a job whose worker ends: give it to another, or lose it. A
    worker with `at-most-once`, which core NATS and Redis pub/sub are, is refused."""
    accept_job_loss: bool = False
    """Release a worker with `at-most-once` all the same; each deploy may lose jobs."""
    stop_timeout: Duration = 30.0
    """How long running jobs may take to finish before the process is killed."""
    port: Port | None = None
    """The port of its readiness endpoint; without one its own healthcheck decides."""
    ready: Path | None = None
    """The path of its readiness endpoint."""
    replicas: Replicas = 1
    """How many containers of it a slot holds."""
    connections: Connections = 0
    """The most database connections that one container opens; see `web`."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.port is None) != (self.ready is None):
            raise ValueError("port and ready belong together")
        return self

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.handover == "singleton" and self.replicas > 1:
            raise ValueError("a singleton has one replica")
        return self

    @model_validator(mode="after")
    def _loses_no_job(self) -> Self:
        at_most_once = self.delivery == "at-most-once" or (
            self.queue is not None and self.queue.type == "core-nats"
        )
        if at_most_once and not self.accept_job_loss:
            raise ValueError(
                "its broker delivers at most once, so that every deploy loses jobs: "
                "move it to JetStream or the like, or accept that with accept_job_loss: true"
            )
        return self


class RouteSection(_Section):
    """A path prefix and the web service below it."""

    path: Path
    """The prefix; the longest one that fits wins."""
    service: Name
    """The web service that answers."""
    websocket: bool = False
    """Connections are upgraded and may stay open for long."""
    assets: bool = False
    """Hashed files: one that the active slot lacks is asked of the other slot."""
    asset_path: Annotated[str, Field(pattern=r"^/[!-~]*[^/]$")] | None = None
    """The directory of these files in the container. Hitless keeps those of the last releases
    (`retain`), and the edge answers with them what neither slot has any more."""
    timeout: Duration = 30.0
    """The longest wait for the next part of an answer."""
    port: Port | None = None
    """A further port of an edge of Hitless's own, for a service that has one to itself."""

    @model_validator(mode="after")
    def _only_for_assets(self) -> Self:
        if self.asset_path and not self.assets:
            raise ValueError("asset_path is for a route with assets: true")
        return self


class ProxySection(_Section):
    """The edge: nginx, the one container that keeps its place."""

    service: Name = OWN_EDGE
    """The Compose service whose image and published ports the edge takes over. Without one
    Hitless brings an nginx of its own, which needs `port`."""
    port: Port | None = None
    """Where users arrive, when Hitless brings the edge."""
    address: Annotated[str, Field(pattern=r"^[0-9a-fA-F.:]*$")] = ""
    """The host's address for that port, for example `127.0.0.1`; all without one."""
    image: Annotated[str, Field(pattern=r"^[!-~]+$")] = OWN_IMAGE
    """The nginx image, when Hitless brings the edge."""
    routes: Annotated[tuple[RouteSection, ...], Field(min_length=1)]
    """Which path goes to which web service; one of them should be `/`."""
    include: tuple[str, ...] = ()
    """Own nginx snippets for the server block, relative to hitless.yaml."""
    confirm: Path = "/"
    """The path whose fresh answers confirm a cutover; a fast one."""
    max_body: Annotated[str, Field(pattern=r"^\d+[kmg]?$")] = "10m"
    """The largest request body, as nginx writes sizes."""

    @model_validator(mode="after")
    def _paths_once(self) -> Self:
        paths = [(route.port or self.port, route.path) for route in self.routes]
        twice = sorted({path for path in paths if paths.count(path) > 1}, key=str)
        if twice:
            raise ValueError(f"route {twice[0][1]} is given twice")
        return self

    @model_validator(mode="after")
    def _one_edge(self) -> Self:
        own = self.service == OWN_EDGE
        if own and self.port is None:
            raise ValueError(
                "name the service that is the edge, or a port for one of Hitless's own"
            )
        foreign = self.model_fields_set & {"port", "address", "image"}
        if not own and (foreign or any(route.port for route in self.routes)):
            what = min(foreign, default="port")
            raise ValueError(f"{what} is for an edge of Hitless's own: leave service out")
        if own and all(route.port not in (None, self.port) for route in self.routes):
            raise ValueError(f"no route is on port {self.port}")
        return self


class MigrationsSection(_Section):
    """The one-shot service that brings the schema forward before the new code starts."""

    service: Name
    """The Compose service to run once, from the new image."""
    command: tuple[str, ...] = ()
    """Instead of the service's own command."""
    current: tuple[str, ...] = ()
    """A command that prints the schema's revision; recorded before and after."""
    timeout: Duration = 600.0
    """After this time the migration is stopped and the deploy fails."""
    contract: bool = False
    """This release's migration takes away what earlier releases use. A rollback behind it is
    then refused; take the key out again in the next release."""


class WriteSection(_Section):
    """A write that must be found again."""

    post: Path
    """Where to POST."""
    json_: Annotated[dict[str, Any], Field(alias="json")]
    """The document; `{uuid}` in a text becomes a new id each time."""
    read_back: Path
    """Where to GET it afterwards; `{id}` is the answer's `id`, `{uuid}` the one sent."""

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if "{uuid}" not in json.dumps(self.json_):
            raise ValueError("the document needs {uuid} in a text, to be known again")
        return self


class SmokeSection(_Section):
    """One use of the new release before any user reaches it.

    Exactly one of `path`, `websocket`, `write` and `command` says what is done.
    """

    path: OptionalPath = ""
    """The path to get."""
    status: Annotated[int, Field(ge=100, le=599)] = 200
    """The status that the answer must have."""
    contains: str = ""
    """A text that the body, the first message or the output must contain; `${RELEASE}` and
    `${VERSION}` are filled in."""
    content_type: str = ""
    """What the content type must begin with: tells JSON from an SPA's index.html."""
    json_: Annotated[dict[str, Any], Field(alias="json")] = {}
    """Paths into the JSON body, such as `release` or `build.jobs.0`, and the values that must
    be there; `${RELEASE}` and `${VERSION}` are filled in."""
    matches: str = ""
    """A regular expression that must be found in the text; `${RELEASE}` and `${VERSION}` are
    filled in."""
    websocket: OptionalPath = ""
    """A WebSocket to open; its first message is the text that is looked at."""
    write: WriteSection | None = None
    """A document to post and to get again; the second answer is the one that is looked at."""
    command: tuple[str, ...] = ()
    """A program with its arguments, run beside hitless.yaml; it must end with 0."""
    timeout: Duration = 5.0
    """The longest wait for an answer, a message or the program's end."""
    name: str = ""
    """What errors call the check; by default its path or command."""

    @model_validator(mode="after")
    def _one_use(self) -> Self:
        if sum(map(bool, (self.path, self.websocket, self.write, self.command))) != 1:
            raise ValueError("give exactly one of path, websocket, write and command")
        if (self.websocket or self.command) and self.model_fields_set & {"status", "content_type"}:
            raise ValueError("status and content_type belong to a path or a write")
        return self

    @field_validator("matches")
    @classmethod
    def _is_a_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return pattern


class ProbeSection(_Section):
    """The requests that Hitless sends by itself through every deploy, and counts."""

    rate: Annotated[float, Field(gt=0, le=1000)] = 20.0
    """Requests per second, all kinds together."""
    pages: tuple[Path, ...] = ("/",)
    """Paths to get, by new and by kept connections."""
    slow: Path | None = None
    """A path that answers after about three seconds."""
    write: WriteSection | None = None
    """A write with read-back."""
    websocket: Path | None = None
    """A WebSocket to hold open."""


class TimingSection(_Section):
    """How long the parts of a deploy may take."""

    ready: Duration = 90.0
    """From the start of a slot until all of it is ready."""
    bake: Duration = 10.0
    """Watching users' traffic after the cutover, while rollback is automatic."""
    drain: Duration = 30.0
    """For open requests of the slot that lost the traffic."""
    hook: Duration = 60.0
    """For each hook."""


class NotifySection(_Section):
    """Somebody who is told that a deploy began, and how it ended."""

    type: Literal["webhook"] = "webhook"
    """How: a POST with a JSON body."""
    url: Annotated[str, Field(pattern=r"^(https?://[!-~]+)?$")] = ""
    """Where to."""
    url_env: Variable = ""
    """The variable that holds the address, where that is a secret itself."""
    secret_env: Variable = ""
    """The variable that holds the key of the signature in `X-Hitless-Signature`."""
    events: tuple[
        Literal["started", "live", "kept-previous", "rolled-back", "needs-human"], ...
    ] = ()
    """What to tell; everything when nothing is named."""
    timeout: Duration = 5.0
    """How long one notice may take, all attempts together. A deploy waits for it."""

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if bool(self.url) == bool(self.url_env):
            raise ValueError("give either url or url_env")
        if not 0 < self.timeout <= LONGEST_NOTICE:
            raise ValueError(f"a notice may take up to {LONGEST_NOTICE} s, not {self.timeout:g}")
        return self


class CanarySection(_Section):
    """A release gets a share of users before it gets all of them."""

    steps: Annotated[
        tuple[Annotated[int, Field(ge=1, le=99)], ...], Field(min_length=1, max_length=10)
    ] = (5, 25, 50)
    """The shares, in percent and ascending; all users come after the last one."""
    interval: Duration = 120.0
    """How long each share lasts at least."""
    min_samples: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    """How many requests the canary must have answered at a share before the next one."""
    on_no_data: Literal["synthetic", "hold", "fail"] = "synthetic"
    """When the interval is over and the canary had too few requests: `synthetic` asks both
    slots for what is missing, `hold` waits for users, `fail` goes back."""
    hold: Duration = 600.0
    """How long `on_no_data: hold` waits beyond the interval before it goes back."""
    allow_header: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] | None = None
    """A request header by which clients choose, for example `X-Canary`: with `always` they
    get the canary while there is one, with `never` they do not."""

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if list(self.steps) != sorted(set(self.steps)):
            raise ValueError("steps must ascend, as in [5, 25, 50]")
        return self


class StrategySection(_Section):
    """How users' traffic moves to a release; all at once, unless something is said here."""

    canary: CanarySection | None = None
    """In shares."""


class VerifySection(_Section):
    """What a release must prove under users' traffic, while rollback is automatic."""

    error_rate: Annotated[float, Field(gt=0, lt=1)] = 0.03
    """Good enough means: a higher share of errors is excluded with 95 % confidence.
    0.03 takes 99 requests without an error, 0.01 takes 299."""
    slowdown: Annotated[float, Field(ge=1, le=100)] = 1.5
    """How many times the old release's p95 an answer may take before it counts as slow."""
    extra: Duration = 0.0
    """How much longer than `timing.bake` to watch while there is not enough evidence."""
    on_no_data: Literal["accept", "fail"] = "accept"
    """What becomes of a release about which there is not enough evidence then."""
    hold: Duration = 60.0
    """How long to wait for the end of an outage that both slots share, before the release
    stays without a verdict. Such an outage never rolls back."""
    require_zero_failed: bool = False
    """Go back when a single request of the prober fails before the promote, as with
    `hitless deploy --require-zero-failed`."""


class MaintenanceSection(_Section):
    """What users get after `hitless maintenance on`."""

    page: str | None = None
    """A file with the whole HTML page, relative to hitless.yaml; by default a short one."""
    retry_after: Duration = 60.0
    """When clients shall come again; in force from the next deploy on."""
    open: tuple[Annotated[str, Field(pattern=r"^/[\w./~-]*$")], ...] = ()
    """Paths that the service itself answers all the while; from the next deploy on."""


class AcceptedSection(_Section):
    """A finding of the audit that somebody accepted."""

    rule: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{3}$")]
    """The rule's id, for example `CP05`."""
    reason: Annotated[str, Field(min_length=1)]
    """Why this may stay as it is."""
    path: str = "*"
    """Files it holds for, as a glob."""
    subject: str = ""
    """The only service, image or revision it holds for; all without one."""
    until: Day | None = None
    """The last day on which it holds."""


class AuditSection(_Section):
    """What `hitless audit` leaves out, and how it weighs the rest."""

    ignore: tuple[AcceptedSection, ...] = ()
    """Findings that somebody accepted."""
    weights: dict[str, float] = {}
    """Shares of categories in the score, for example `Monitoring: 30`."""


class EnvironmentsSection(_Section):
    """What differs from environment to environment."""

    environments: dict[
        Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,20}$")], dict[str, Any] | None
    ] = {}
    """What other environments, such as `staging`, have otherwise; for `-e NAME`."""

    @field_validator("environments")
    @classmethod
    def _flat(cls, found: dict[str, Any]) -> dict[str, Any]:
        nested = [name for name, one in found.items() if one and "environments" in one]
        if nested:
            raise ValueError(f"{nested[0]} has environments of its own")
        taken = [name for name in found if f"-{name}".endswith("-rehearsal")]
        if taken:
            raise ValueError(f"{taken[0]!r} is the name of the copy that hitless rehearse makes")
        return found


class HitlessFile(EnvironmentsSection):
    """One service that Hitless releases."""

    service: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$")]
    """Its name: a prefix of everything that Hitless creates."""
    compose: Annotated[tuple[str, ...], Field(min_length=1)] = ("compose.yml",)
    """The Compose files, in the order in which they are merged."""
    proxy: ProxySection
    """The edge."""
    web: Annotated[dict[Name, WebSection], Field(min_length=1)]
    """The services that users reach."""
    workers: dict[Name, WorkerSection] = {}
    """The services that take jobs."""
    accessories: tuple[Name, ...] = ()
    """Databases and brokers: started once, never touched by a deploy."""
    ignore: tuple[Name, ...] = ()
    """Services of the Compose files that Hitless leaves alone."""
    migrations: MigrationsSection | None = None
    """How the database schema moves forward."""
    smoke: tuple[SmokeSection, ...] = ()
    """What the new release must answer before any user reaches it."""
    probe: ProbeSection = ProbeSection()
    """What Hitless asks through every deploy."""
    timing: TimingSection = TimingSection()
    """Time limits."""
    hooks: dict[Hook, str] = {}
    """Own programs that run around a deploy, under its lock; relative to hitless.yaml."""
    notify: Annotated[tuple[NotifySection, ...], Field(max_length=10)] = ()
    """Who is told of deploys and rollbacks."""
    strategy: StrategySection = StrategySection()
    """How users' traffic moves to a release."""
    verify: VerifySection = VerifySection()
    """What a release must prove under users' traffic."""
    maintenance: MaintenanceSection = MaintenanceSection()
    """What users get after `hitless maintenance on`."""
    keep_hot: bool = True
    """Keep the previous release running until the next deploy: rollback in under a second.
    With `false` it is stopped at the end of the deploy, and rollback has to start it."""
    retain: Annotated[int, Field(ge=1, le=50)] = 5
    """How many releases can be brought back."""
    subnet: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+\.0/24$")] | None = None
    """The /24 network for fixed addresses; by default a free one is chosen."""
    audit: AuditSection = AuditSection()
    """What `hitless audit` leaves out, and how it weighs the rest."""

    @model_validator(mode="after")
    def _queues_are_accessories(self) -> Self:
        for name, worker in self.workers.items():
            if worker.queue and worker.queue.service not in {"", *self.accessories}:
                raise ValueError(
                    f"the queue of worker {name!r} is at {worker.queue.service!r}, "
                    "which is not under accessories"
                )
        return self

    @model_validator(mode="after")
    def _one_part_each(self) -> Self:
        parts = {
            "web": list(self.web),
            "workers": list(self.workers),
            "accessories": list(self.accessories),
            "ignore": list(self.ignore),
            "proxy": [self.proxy.service],
        }
        if self.migrations and self.migrations.service not in {*self.web, *self.workers}:
            parts["migrations"] = [self.migrations.service]
        seen: dict[str, str] = {}
        for part, names in parts.items():
            for name in names:
                if name in seen:
                    where = part if seen[name] == part else f"{seen[name]} and {part}"
                    raise ValueError(f"service {name!r} is given twice: in {where}")
                seen[name] = part
        return self

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> Self:
        for route in self.proxy.routes:
            if route.service not in self.web:
                raise ValueError(
                    f"route {route.path} leads to {route.service!r}, which is not under web"
                )
        return self
