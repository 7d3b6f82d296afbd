"""The part of a resolved Compose model that a release keeps."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hitless.domain.settings import Settings

# What a release does not depend on: how images came to be, and who named the project.
NOT_KEPT = frozenset({"build", "depends_on", "profiles", "develop"})


def frozen(model: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Services, volumes and the files that they use; nothing of the build."""
    services = {
        name: {key: deepcopy(value) for key, value in service.items() if key not in NOT_KEPT}
        for name, service in model["services"].items()
        if name not in settings.ignore
    }
    for name in (*settings.accessories, *settings.web):
        services[name]["depends_on"] = model["services"][name].get("depends_on") or {}
    kept: dict[str, Any] = {"services": services, "volumes": model.get("volumes") or {}}
    for kind in ("secrets", "configs"):
        used = {_source(one) for s in services.values() for one in s.get(kind) or ()}
        kept[kind] = {n: v for n, v in (model.get(kind) or {}).items() if n in used}
    return kept


def _source(use: Any) -> str:
    return str(use["source"] if isinstance(use, dict) else use)


def built(model: dict[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``names`` whose image is made from this repository."""
    return tuple(name for name in names if model["services"][name].get("build"))
