"""What goes in and out of the API, as described in API.md."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

Label = Literal["signal", "noise"]
Category = Literal["bug", "feature", "question", "chore"]
Priority = Literal["low", "medium", "high", "urgent"]
Status = Literal["open", "in_progress", "done"]
Kind = Literal["chat", "email", "alert", "webhook"]

MAX_ID = 2**31 - 1
MAX_EVENT_ID = 2**63 - 1
_YEARS = range(2000, 2101)


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL character cannot be stored")
    return value


def _in_utc(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise ValueError(f"the year must lie between {_YEARS[0]} and {_YEARS[-1]}")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _zulu(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


Storable = AfterValidator(_without_nul)
Content = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), Storable
]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Storable
]
TopicName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Storable
]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
Author = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Storable]
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$")]
SentAt = Annotated[datetime, AfterValidator(_in_utc)]
Moment = Annotated[datetime, PlainSerializer(_zulu, return_type=str)]


class Incoming(BaseModel):
    """A body sent to us: unknown fields are errors, so that typing mistakes show."""

    model_config = ConfigDict(extra="forbid")


class WebhookIn(Incoming):
    """What another system posts; its source is in the path."""

    external_id: ExternalId
    content: Content
    author: Author = ""
    sent_at: SentAt | None = None


class MessageIn(WebhookIn):
    """A message with its source's name."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=40), Storable]


class TaskIn(Incoming):
    """A task made by hand."""

    title: Title
    category: Category = "chore"
    priority: Priority = "medium"


class TaskPatch(Incoming):
    """The fields of a task that may change; at least one."""

    title: Title | None = None
    category: Category | None = None
    priority: Priority | None = None
    status: Status | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.changes():
            raise ValueError("give at least one of title, category, priority, status")
        return self

    def changes(self) -> dict[str, Any]:
        """Return the given fields."""
        return self.model_dump(exclude_none=True)


class TopicPatch(Incoming):
    """A topic's new name."""

    name: TopicName


class SourceIn(Incoming):
    """A new source."""

    name: SourceName
    kind: Kind


class TelegramChat(BaseModel):
    """The part of a Telegram user that is used."""

    first_name: str = ""
    username: str = ""


class TelegramMessage(BaseModel):
    """The part of a Telegram message that is used."""

    text: Annotated[str, StringConstraints(max_length=10_000), Storable] = ""
    caption: Annotated[str, StringConstraints(max_length=10_000), Storable] = ""
    date: Annotated[int, Field(ge=946_684_800, le=4_102_444_799)] | None = None
    sender: Annotated[TelegramChat, Field(alias="from")] = TelegramChat()


class TelegramUpdate(BaseModel):
    """One update; only new messages and channel posts matter."""

    update_id: int
    message: TelegramMessage | None = None
    channel_post: TelegramMessage | None = None


class TopicRef(BaseModel):
    """A topic, as a message names it."""

    id: int
    name: str


class MessageOut(BaseModel):
    """A message as everybody sees it."""

    id: UUID
    source: str
    source_kind: str
    external_id: str
    author: str
    content: str
    sent_at: Moment
    received_at: Moment
    label: Label | None
    importance: float | None
    category: Category | None
    topic: TopicRef | None
    task_id: UUID | None
    processed_at: Moment | None


class MessagePage(BaseModel):
    """A page of messages, newest first."""

    items: list[MessageOut]
    next_cursor: str | None
    total: int


class Match(BaseModel):
    """A found message and how near it is, 0 to 1."""

    score: float
    message: MessageOut


class Matches(BaseModel):
    """What a search found, best first."""

    query: str | None
    items: list[Match]


class TaskOut(BaseModel):
    """A task as everybody sees it."""

    id: UUID
    message_id: UUID | None
    title: str
    category: Category
    priority: Priority
    status: Status
    source: str | None
    created_at: Moment
    updated_at: Moment


class TaskList(BaseModel):
    """Tasks, most recently changed first."""

    items: list[TaskOut]
    total: int


class TopicOut(BaseModel):
    """A topic as everybody sees it."""

    id: int
    name: str
    message_count: int
    created_at: Moment
    updated_at: Moment


class TopicList(BaseModel):
    """Topics, largest first."""

    items: list[TopicOut]
    total: int


class SourceOut(BaseModel):
    """A source without its secret."""

    id: int
    name: str
    kind: Kind
    message_count: int
    created_at: Moment


class NewSource(SourceOut):
    """A source just made; the token is shown this once."""

    token: str


class SourceList(BaseModel):
    """Every source, by name."""

    items: list[SourceOut]


class Accepted(BaseModel):
    """A webhook's answer."""

    id: UUID | None
    duplicate: bool


class Queue(BaseModel):
    """The job queue as JetStream counts it."""

    connected: bool
    pending: int | None = None
    running: int | None = None
    redelivered: int | None = None


class TrendPoint(BaseModel):
    """Processed messages of one stretch of time."""

    at: Moment
    signal: int
    noise: int


class Trend(BaseModel):
    """Signal and noise over time, oldest first, without holes."""

    bucket_seconds: int
    points: list[TrendPoint]


class Stats(BaseModel):
    """Everything countable."""

    messages: int
    processed: int
    pending: int
    signal: int
    noise: int
    tasks: int
    tasks_by_status: dict[Status, int]
    tasks_by_category: dict[Category, int]
    topics: int
    topic_message_sum: int
    outbox_pending: int
    dead: int
    jobs_duplicated: int
    last_event_id: int
    queue: Queue
    trend: Trend
