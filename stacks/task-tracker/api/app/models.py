"""The tables, as SQLAlchemy knows them; `alembic check` compares them with the migrations."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    cast,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import UserDefinedType

DIMENSIONS = 256


class Vector(UserDefinedType[list[float]]):
    """pgvector's type, written and read as text: no NumPy, no driver extension."""

    cache_ok = True

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:
        """Return the type as DDL spells it."""
        return f"vector({self.dimensions})"

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:
        """Send the parameter as text and let the server read it."""
        return cast(cast(bindvalue, Text), BareVector(self.dimensions))

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        """Let the server write the column as text."""
        return cast(column, Text)


class BareVector(Vector):
    """The target of a cast, which must not be wrapped in a cast again."""

    cache_ok = True

    def bind_expression(self, bindvalue: Any) -> Any:
        """Leave the parameter alone."""
        return bindvalue

    def column_expression(self, column: Any) -> Any:
        """Leave the column alone."""
        return column


class Base(DeclarativeBase):
    """Every table; unique names of constraints come from Postgres' own habits."""

    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        datetime: DateTime(timezone=True),
        str: Text,
        float: Double,
        dict[str, Any]: JSONB,
    }


def _now() -> Any:
    return text("now()")


class Source(Base):
    """A system that sends messages. `token_hash` is null for the ready-made ones."""

    __tablename__ = "sources"
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    token_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=_now())


class Topic(Base):
    """Messages that are about the same thing; `centroid` is the mean of their embeddings."""

    __tablename__ = "topics"
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str]
    renamed: Mapped[bool] = mapped_column(server_default=text("false"))
    centroid: Mapped[list[float]] = mapped_column(Vector(DIMENSIONS))
    message_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=_now())
    updated_at: Mapped[datetime] = mapped_column(server_default=_now())


class Message(Base):
    """One text of one author. What the worker finds out is null until `processed_at`."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id", name="messages_source_id_external_id_key"),
        Index("messages_received_at_id_idx", "received_at", "id"),
        Index("messages_topic_id_idx", "topic_id"),
        Index("messages_processed_at_idx", "processed_at"),
        Index(
            "messages_embedding_idx",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    external_id: Mapped[str]
    author: Mapped[str]
    content: Mapped[str]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=_now())
    label: Mapped[str | None]
    importance: Mapped[float | None]
    category: Mapped[str | None]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    embedding: Mapped[list[float] | None] = mapped_column(Vector(DIMENSIONS))
    processed_at: Mapped[datetime | None]


class Task(Base):
    """Something to do; at most one a message."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint("category in ('bug','feature','question','chore')", name="tasks_category"),
        CheckConstraint("status in ('open','in_progress','done')", name="tasks_status"),
        Index("tasks_status_updated_at_idx", "status", "updated_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), unique=True)
    title: Mapped[str]
    category: Mapped[str]
    priority: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[datetime] = mapped_column(server_default=_now())
    updated_at: Mapped[datetime] = mapped_column(server_default=_now())


class Event(Base):
    """The replay log of `/ws`. Ids come from `counters` and have no gaps (see `app.events`)."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=_now(), index=True)


class Outbox(Base):
    """Jobs that wait for NATS, written in the transaction that wants them done."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_unsent_idx", "id", postgresql_where=text("sent_at is null")),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]]
    msg_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=_now())
    sent_at: Mapped[datetime | None]


class Backfill(Base):
    """How far a backfill got; `state` is running, paused or finished."""

    __tablename__ = "backfills"
    name: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    total: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    state: Mapped[str] = mapped_column(server_default="running")
    updated_at: Mapped[datetime] = mapped_column(server_default=_now())


class Dead(Base):
    """Jobs that failed at every delivery, copied out of the stream before it forgets them."""

    __tablename__ = "dead"
    stream_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    job: Mapped[str]
    payload: Mapped[dict[str, Any]]
    deliveries: Mapped[int]
    died_at: Mapped[datetime] = mapped_column(server_default=_now())


class Digest(Base):
    """One summary a day; the key makes the job that writes it idempotent."""

    __tablename__ = "digests"
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=_now())


class Counter(Base):
    """Numbers that must follow commits exactly: `events` and `jobs_duplicated`."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class SchemaHistory(Base):
    """What each migration promised about older code (see `app.release.fits_schema`)."""

    __tablename__ = "schema_history"
    revision: Mapped[str] = mapped_column(primary_key=True)
    readable_from: Mapped[str]
    applied_at: Mapped[datetime] = mapped_column(server_default=func.now())
