"""Records to plain JSON values and back.

The store keeps releases and settings as JSON and must read them without pydantic,
whose import alone costs more than a whole rollback may take.

A record is a frozen dataclass, or a NamedTuple where a rollback needs its class: to make
one takes a quarter of the time, and the module dataclasses stays unimported. Both tell
the names of their fields in ``__match_args__``.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encode(value: Any) -> Any:
    """The value with records as dicts, tuples as lists and enums as their values."""
    if names := _fields(type(value)):
        return {name: encode(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value


def decode(cls: type[T], data: Any) -> T:
    """A ``cls`` from what :func:`encode` made of one.

    Fields that a newer or older version does not know are left out; missing ones
    take their default.

    Raises:
        TypeError: when a field without a default is missing.
    """
    types_ = _types(cls)  # type: ignore[arg-type]  # a class is hashable
    return cls(**{k: _value(types_[k], v) for k, v in data.items() if k in types_})


@cache
def _types(cls: type[Any]) -> dict[str, Any]:
    """Field → type, read once: a stack of fifty services has as many settings of one class."""
    hints = get_type_hints(cls)
    return {name: hints[name] for name in _fields(cls)}


def _fields(cls: type[Any]) -> tuple[str, ...]:
    """The names of a record's fields; none of any other class."""
    return getattr(cls, "__match_args__", ())


def _value(hint: Any, value: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        chosen = next(arg for arg in args if arg is not type(None))
        return None if value is None else _value(chosen, value)
    if origin in (tuple, dict, Mapping):
        return _collection(origin, args, value)
    if isinstance(hint, type) and _fields(hint):
        return decode(hint, value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value


def _collection(origin: Any, args: tuple[Any, ...], value: Any) -> Any:
    if origin is tuple:
        return tuple(_value(args[0], item) for item in value)
    return {key: _value(args[1], item) for key, item in value.items()}
