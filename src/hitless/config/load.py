"""Reading hitless.yaml: all mistakes at once, each with file and line."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from hitless.config.positions import Loc, Positions
from hitless.config.schema import HitlessFile
from hitless.domain.codec import decode
from hitless.domain.errors import ConfigInvalid, ConfigMissing, DocumentInvalid
from hitless.domain.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

MAX_BYTES = 1_000_000


def load(path: Path) -> Settings:
    """The settings in a hitless.yaml.

    Raises:
        ConfigMissing: when the file, or a file that it names, is absent.
        ConfigInvalid: with every mistake as ``file:line: text``.
    """
    settings = parse(_read(path), path.name)
    for name in (*settings.compose, *settings.proxy.include, *settings.hooks.values()):
        if not (path.parent / name).is_file():
            raise ConfigMissing(
                f"{path.name} names {name!r}, which does not exist in {path.parent}",
                'create the file or correct its name, then run "hitless config check"',
            )
    return settings


def parse(text: str, name: str = "hitless.yaml") -> Settings:
    """The settings in a text; see :func:`load`."""
    try:
        positions = Positions(text, name)
        twice = [
            f"{name}:{line}: key {key!r} is given twice" for line, key in positions.duplicates()
        ]
        data = yaml.safe_load(text)
    except DocumentInvalid as error:
        raise _invalid(name, [f"{name}:{error.line}: {error.problem}"]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _not_yaml(name, error) from error
    if twice:
        raise _invalid(name, twice)
    return _validated(data, positions, name)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigInvalid(f"{path.name} is larger than {MAX_BYTES} bytes")
        return data.decode()
    except FileNotFoundError:
        raise ConfigMissing(
            f"no {path.name} in {path.parent}",
            'write one as the tutorial shows, or name another with "hitless --config FILE"',
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"{path.name} cannot be read: {error}") from error


def _validated(data: Any, positions: Positions, name: str) -> Settings:
    if not isinstance(data, dict):
        raise _invalid(name, [f"{name}:1: expected keys such as 'service:', found {data!r:.40}"])
    known = {key: value for key, value in data.items() if not str(key).startswith("x-")}
    try:
        document = HitlessFile.model_validate(known)
    except ValidationError as error:
        lines = sorted(_lines(error, positions, name))
        raise _invalid(name, [text for _, text in lines]) from None
    return decode(Settings, document.model_dump(by_alias=True))


def _lines(error: ValidationError, positions: Positions, name: str) -> Iterator[tuple[int, str]]:
    for detail in error.errors():
        loc = tuple(detail["loc"])
        line = positions.line(loc)
        yield line, f"{name}:{line}: {_text(detail, loc)}"


def _text(detail: ErrorDetails, loc: Loc) -> str:
    where = ".".join(str(part) for part in loc)
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(str(loc[-1]), _keys(loc[:-1]), n=1)
        return f"unknown key {where!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if detail["type"] == "missing":
        return f"key {where!r} is missing"
    message = detail["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"{where}: {message}" if where else message


def _keys(loc: Loc) -> list[str]:
    """The keys allowed at a place, for suggestions."""
    model: Any = HitlessFile
    for part in loc:
        field = model.model_fields.get(str(part)) if _is_model(model) else None
        model = _models_in(field.annotation)[-1:] if field else model
        model = model[0] if isinstance(model, list) and model else model
    return list(model.model_fields) if _is_model(model) else []


def _models_in(annotation: Any) -> list[Any]:
    if _is_model(annotation):
        return [annotation]
    return [model for arg in getattr(annotation, "__args__", ()) for model in _models_in(arg)]


def _is_model(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _invalid(name: str, problems: list[str]) -> ConfigInvalid:
    many = f"{len(problems)} mistakes" if len(problems) > 1 else "a mistake"
    hint = 'see the keys with "hitless config schema", then run "hitless config check"'
    return ConfigInvalid(f"{name} has {many}", hint, tuple(problems))


def _not_yaml(name: str, error: Exception) -> ConfigInvalid:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    what = getattr(error, "problem", None) or str(error) or "nested too deeply"
    return _invalid(name, [f"{name}:{line}: not YAML: {what}"])
