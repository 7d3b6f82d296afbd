"""What Compose made of a project's files, asked for what the checks need (pure)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hitless.fix.verify.commands import LABEL, bind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ADDRESS = re.compile(r"^(postgres(?:ql)?(?:\+\w+)?://)[^/?]*/?[^?]*")
NOT_OURS = ("tags", "cache_to", "platforms")  # would write names or places that are the user's


def to_build(model: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A project with nothing but the images to build, under names of this run."""
    services = {
        service: {
            "image": image_name(name, service),
            "build": {
                **{key: value for key, value in told["build"].items() if key not in NOT_OURS},
                "labels": {**told["build"].get("labels", {}), LABEL: name},
            },
        }
        for service, told in model["services"].items()
        if "build" in told
    }
    secrets = {"secrets": model["secrets"]} if "secrets" in model else {}
    return {"name": name, "services": services, **secrets}


def image_name(name: str, service: str) -> str:
    """What the image of a service is called while it is looked at."""
    return f"{name}-{service.lower()}:verify"


def environment(service: Mapping[str, Any]) -> dict[str, str]:
    """The variables of a service; ``$$`` in a model stands for one dollar."""
    told = service.get("environment") or {}
    return {name: value.replace("$$", "$") for name, value in told.items() if value is not None}


def env_file(values: Mapping[str, str]) -> str:
    """Variables as the engine reads them from a file; it knows no line breaks in them."""
    return "".join(f"{k}={v}\n" for k, v in values.items() if "\n" not in v and "\r" not in v)


def mounts(
    model: Mapping[str, Any], service: str, below: Path, targets: str = "/"
) -> tuple[list[str], list[str]]:
    """Options that mount what the copy has, and the targets whose source it lacks."""
    options, absent = [], []
    for source, target in _bound(model, service):
        if not target.startswith(targets):
            continue
        if source.startswith(f"{below}/") and below.joinpath(source).exists():
            options.append(bind(source, target))
        else:
            absent.append(target)
    return options, absent


def _bound(model: Mapping[str, Any], service: str) -> Iterator[tuple[str, str]]:
    """Source and target of all that a service gets from the host, configs and secrets too."""
    told = model["services"][service]
    for one in told.get("volumes") or ():
        if one.get("type") == "bind":
            yield one["source"].replace("$$", "$"), one["target"]
    for kind, place in (("configs", "/"), ("secrets", "/run/secrets/")):
        for one in told.get(kind) or ():
            file = (model.get(kind) or {}).get(one["source"], {}).get("file", "")
            target = one.get("target") or one["source"]
            yield file.replace("$$", "$"), target if target[:1] == "/" else f"{place}{target}"


def words(value: Any) -> list[str]:  # text, list or nothing, as JSON has it
    """A command of a model as words."""
    if isinstance(value, str):
        return value.replace("$$", "$").split()
    return [str(one).replace("$$", "$") for one in value or ()]


def program(test: list[str]) -> str:
    """The program that a healthcheck runs first; empty when nothing tells."""
    kind, *rest = test or [""]
    if kind == "CMD" and rest[:1] and rest[0].rpartition("/")[2] in ("sh", "bash", "ash"):
        kind, rest = "CMD-SHELL", rest[-1:]
    if kind == "CMD-SHELL":
        rest = re.split(r"[|&;<>()]", " ".join(rest).lstrip(" !("))[0].split()
        rest = [one for one in rest if "=" not in one.partition("/")[0]]
    return rest[0] if kind in ("CMD", "CMD-SHELL") and rest else ""


def with_database(
    values: Mapping[str, str], host: str, server: Mapping[str, str]
) -> dict[str, str]:
    """The variables, every address of a Postgres in them that of the throw-away one."""
    user, password = server["POSTGRES_USER"], server["POSTGRES_PASSWORD"]
    there = f"{user}:{password}@{host}:5432/{server['POSTGRES_DB']}"
    return {
        name: ADDRESS.sub(lambda found: f"{found[1]}{there}", value)
        for name, value in values.items()
    }
