"""The keys of hitless.yaml.

The descriptions here are the reference page, ``hitless config schema`` and the text
an editor shows; the defaults are those of :mod:`hitless.domain.settings`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
Variable = Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")]
Port = Annotated[int, Field(ge=1, le=65_535)]
Hook = Literal["pre-deploy", "post-deploy", "on-failure"]
Replicas = Annotated[int, Field(ge=1, le=16)]


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


class WorkerSection(_Section):
    """A service that takes jobs from a queue."""

    handover: Literal["overlap", "stop-first"] = "overlap"
    """`overlap`: the new one is ready before the old one stops (at-least-once queues).
    `stop-first`: the old one has stopped before the new one starts."""
    stop_timeout: Duration = 30.0
    """How long running jobs may take to finish before the process is killed."""
    port: Port | None = None
    """The port of its readiness endpoint; without one its own healthcheck decides."""
    ready: Path | None = None
    """The path of its readiness endpoint."""
    replicas: Replicas = 1
    """How many containers of it a slot holds."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.port is None) != (self.ready is None):
            raise ValueError("port and ready belong together")
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

    @model_validator(mode="after")
    def _only_for_assets(self) -> Self:
        if self.asset_path and not self.assets:
            raise ValueError("asset_path is for a route with assets: true")
        return self


class ProxySection(_Section):
    """The edge: nginx, the one container that keeps its place."""

    service: Name
    """The Compose service whose image and published ports the edge takes over."""
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
        paths = [route.path for route in self.routes]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise ValueError(f"route {twice[0]} is given twice")
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


class SmokeSection(_Section):
    """A request to the new release before any user reaches it."""

    path: Path
    """The path to get."""
    status: Annotated[int, Field(ge=100, le=599)] = 200
    """The status that the answer must have."""
    contains: str = ""
    """A text that the body must contain; `${RELEASE}` and `${VERSION}` are filled in."""
    content_type: str = ""
    """What the content type must begin with: tells JSON from an SPA's index.html."""
    json_: Annotated[dict[str, Any], Field(alias="json")] = {}
    """Keys and values that the JSON body must have; `${RELEASE}` is filled in."""


class WriteSection(_Section):
    """A write that must be found again."""

    post: Path
    """Where to POST."""
    json_: Annotated[dict[str, Any], Field(alias="json")]
    """The document; `{uuid}` in a text becomes a new id each time."""
    read_back: Path
    """Where to GET it afterwards; `{id}` is the answer's `id`, `{uuid}` the one sent."""


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


class HitlessFile(_Section):
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
