"""The page of hitless.yaml, from the schema that reads it."""

from __future__ import annotations

import types
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from hitless.config import schema
from hitless.config.schema import HitlessFile
from tools.reference.text import document, first_paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

WORDS: tuple[tuple[Any, str], ...] = (
    (schema.Duration, "duration"),
    (schema.Name, "service name"),
    (schema.Day, "date"),
    (schema.Path, "path"),
    (schema.OptionalPath, "path"),
    (schema.Port, "port"),
    (schema.Replicas, "1 to 16"),
)
PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any value"}
HEAD = ("Key", "Type", "Default", "Meaning")
INTRODUCTION = """\
One file beside the Compose files says which service plays which part. Unknown keys are
refused with a suggestion; keys that begin with `x-` are yours. `hitless config check`
tells all mistakes at once, `hitless config show` prints the file with every default
filled in, and `hitless config schema` prints a JSON Schema for your editor.

A *duration* is a number of seconds or a text such as `250ms`, `30s`, `10m`, `1h`. A *path*
begins with `/`. Whole examples: [the tutorial](../tutorial/index.md), and
`stacks/task-tracker/hitless.yaml` in the repository with every part in use."""


def page() -> str:
    """The whole page: the top level first, then each section and what is inside it."""
    return document("hitless.yaml", INTRODUCTION, *_sections())


def all_keys() -> Iterator[tuple[str, str]]:
    """Every section's title and key."""
    for title, model in _models():
        for name, field in model.model_fields.items():
            yield title, field.alias or name


def _sections() -> Iterator[str]:
    for title, model in _models():
        yield f"## {title}\n\n{first_paragraph(model)}\n\n{table(HEAD, _rows(model))}"


def _models(
    title: str = "Top level", model: type[BaseModel] = HitlessFile
) -> Iterator[tuple[str, type[BaseModel]]]:
    yield title, model
    prefix = "" if model is HitlessFile else f"{title}."
    for name, field in model.model_fields.items():
        for section in _inside(field.annotation):
            yield from _models(f"{prefix}{field.alias or name}", section)


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        key = f"`{field.alias or name}`"
        yield (
            key,
            _type(hints[name]),
            _default(field, hints[name]),
            (field.description or "").strip(),
        )


def _default(field: FieldInfo, hint: Any) -> str:
    value = field.default
    if field.is_required() or value is PydanticUndefined:
        return "**required**"
    if value is None or value in ("", (), {}):
        return "none"
    if isinstance(value, BaseModel):
        return "see there"
    return f"`{_spelt(value)}{'s' if hint == schema.Duration else ''}`"


def _spelt(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_spelt, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _type(hint: Any) -> str:  # noqa: PLR0911  # one case a kind of type
    for known, word in WORDS:
        if hint == known:
            return word
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        pattern = next(
            (m.pattern for f in inner[1:] for m in f.metadata if hasattr(m, "pattern")), ""
        )
        return f"text like `{pattern}`" if pattern else _type(inner[0]) + _bounds(inner[1:])
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(one) for one in inner if one is not type(None))
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"{_type(inner[0])} → {_type(inner[1])}"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return "section"
    return PLAIN[hint]


def _bounds(fields: tuple[Any, ...]) -> str:
    marks = {
        name: getattr(m, name)
        for f in fields
        for m in f.metadata
        for name in ("ge", "gt", "le")
        if hasattr(m, name)
    }
    if "le" not in marks:
        return ""
    low = f"{marks['ge']} to" if "ge" in marks else f"above {marks['gt']}, up to"
    return f", {low} {marks['le']}"


def _inside(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for arg in get_args(annotation) for model in _inside(arg)]
