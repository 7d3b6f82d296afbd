"""What a container finds in its file system besides its image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hitless.domain.container import Role
from hitless.export.names import label, labels
from hitless.export.yaml_text import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitless.export.part import Cluster, Part

SIZES = {"": "", "b": "", "k": "Ki", "m": "Mi", "g": "Gi"}
KINDS = {"secrets": "secret", "configs": "configMap"}
CLAIM = (
    "Compose names no size, so this one is a guess. ReadWriteMany, which not every storage class "
    "offers, where several pods use the volume at once: during an update that is always so."
)
Model = dict[str, Any]


def volumes_and_mounts(part: Part, cluster: Cluster, model: Model) -> tuple[list[Any], list[Any]]:
    """The volumes of the pod, and where its container finds them."""
    sources = _sources(part, cluster, model)
    names = labels(target.strip("/") or "root" for target in sources)
    volumes, mounts = [], []
    for target, (source, how) in sources.items():
        name = names[target.strip("/") or "root"]
        volumes.append({"name": name, **source})
        mounts.append({"name": name, "mountPath": target, **how})
    return volumes, mounts


def claims(found: Iterable[Part], cluster: Cluster, model: Model) -> list[Model]:
    """A PersistentVolumeClaim for each named volume."""
    users: dict[str, list[Part]] = {}
    for part in found:
        for source in sorted({str(v["source"]) for v in named(part)}):
            users.setdefault(source, []).append(part)
    return [_claim(source, users[source], cluster, model) for source in sorted(users)]


def named(part: Part) -> list[Model]:
    """Its mounts of named volumes."""
    return [v for v in _mounts(part) if v.get("type") == "volume" and v.get("source")]


def file_uses(part: Part, kind: str) -> list[Model]:
    """Its uses of Compose's ``secrets`` or ``configs``, each with source and target."""
    return [_use(one, kind) for one in part.compose.get(kind) or ()]


def files_object(cluster: Cluster, kind: str) -> str:
    """The Secret or ConfigMap that holds the files of Compose's ``secrets`` or ``configs``."""
    return f"{cluster.app}-{'secret-files' if kind == 'secrets' else 'files'}"


def _sources(part: Part, cluster: Cluster, model: Model) -> dict[str, tuple[Model, Model]]:
    """Path in the container → volume, and how it is mounted."""
    found: dict[str, tuple[Model, Model]] = {}
    for text in part.compose.get("tmpfs") or ():
        target, _, options = str(text).partition(":")
        size = re.search(r"size=(\d+)([bkmg]?)(?:,|$)", options.lower())
        found[target] = (_memory(f"{size[1]}{SIZES[size[2]]}" if size else ""), {})
    for one in _mounts(part):
        how = {"readOnly": True} if one.get("read_only") else {}
        subpath = (one.get("volume") or {}).get("subpath")
        how |= {"subPath": subpath} if subpath else {}
        source = _source(one, model)
        if source:
            found[str(one["target"])] = (source, how)
    for kind in KINDS:
        for use in file_uses(part, kind):
            found[use["target"]] = _file(use, cluster, kind)
    return dict(sorted(found.items()))


def _source(one: Model, model: Model) -> Model:
    if one.get("type") == "tmpfs":
        return _memory(str((one.get("tmpfs") or {}).get("size") or ""))
    if one.get("type") == "volume" and one.get("source"):
        return {"persistentVolumeClaim": {"claimName": _claim_name(str(one["source"]), model)}}
    return {"emptyDir": {}} if one.get("type") == "volume" else {}


def _memory(size: str) -> Model:
    return {"emptyDir": {"medium": "Memory", **({"sizeLimit": size} if size else {})}}


def _file(use: Model, cluster: Cluster, kind: str) -> tuple[Model, Model]:
    name = files_object(cluster, kind)
    item: Model = {"key": use["source"], "path": "file"}
    if use.get("mode") is not None:
        item["mode"] = int(use["mode"])
    named_by = {"secrets": "secretName", "configs": "name"}[kind]
    source = {KINDS[kind]: {named_by: name, "items": [item]}}
    return source, {"subPath": "file", "readOnly": True}


def _use(one: Any, kind: str) -> Model:
    use = dict(one) if isinstance(one, dict) else {"source": str(one)}
    place = "/run/secrets/" if kind == "secrets" else "/"
    target = str(use.get("target") or use["source"])
    return {**use, "target": target if target.startswith("/") else place + target}


def _mounts(part: Part) -> list[Model]:
    return [one for one in part.compose.get("volumes") or () if isinstance(one, dict)]


def _claim_name(source: str, model: Model) -> str:
    definition = (model.get("volumes") or {}).get(source) or {}
    return label(str(definition.get("name") or source))


def _claim(source: str, users: list[Part], cluster: Cluster, model: Model) -> Model:
    alone = len(users) == 1 and not users[0].rolling and users[0].replicas == 1
    mode = "ReadWriteOnce" if alone or _only_migration(users) else "ReadWriteMany"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": cluster.meta(_claim_name(source, model)),
        "spec": {
            "accessModes": Why(CLAIM, [mode]),
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }


def _only_migration(users: list[Part]) -> bool:
    return all(part.role is Role.MIGRATION for part in users)
