"""The README beside the manifests: what to do with them, and what they leave out."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from hitless.domain.container import Role
from hitless.export.mounts import file_uses, files_object, named
from hitless.export.workloads import FOR_IMAGES, job_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hitless.export.part import Cluster, Part
    from hitless.export.vault import Variables

HEAD = """\
# {app} on Kubernetes

Made of the Compose files and hitless.yaml, version {version}. Hitless is not needed any more:
an update is `kubectl apply`, and the way back `kubectl rollout undo`.
"""
FIRST = """
## Before the first time

Values of secrets are in no file here. Put each into a variable of your shell first, for example
with `read -rs NAME`; what may be empty must be there all the same.
"""
EVERY = """
## Every time
"""
BACK = """
## Back
"""
LEFT = """
## What needs a hand

"""


def guide(
    found: Sequence[Part],
    cluster: Cluster,
    secrets: Mapping[str, Variables],
    model: dict[str, Any],
    notes: Iterable[str],
) -> str:
    """The text, with every command as it is to be typed."""
    blocks = [
        HEAD.format(app=cluster.app, version=" ".join(cluster.version.split())),
        *_first(found, cluster, secrets, model),
        EVERY,
        _shell("\n".join(_update(found, cluster))),
        BACK,
        _shell("\n".join(_back(found, cluster))),
        LEFT,
        *(f"- {note}\n" for note in notes),
    ]
    return "".join(blocks)


def secret_command(cluster: Cluster, secrets: Iterable[Variables]) -> str:
    """The command that creates the Secret of variables; empty without any."""
    keys = sorted({key for one in secrets for key in one.secret.values()})
    names = shell_variables(keys)
    values = [f'--from-literal={shlex.quote(key)}="${names[key]}"' for key in keys]
    return _create(cluster, "secret generic", cluster.secret, values)


def file_commands(found: Iterable[Part], cluster: Cluster, model: dict[str, Any]) -> list[str]:
    """The commands that create the objects behind Compose's ``secrets`` and ``configs``."""
    commands = []
    for kind, resource in (("secrets", "secret generic"), ("configs", "configmap")):
        sources = sorted({use["source"] for part in found for use in file_uses(part, kind)})
        values = [f"--from-file={one}={_path(kind, one, model)}" for one in sources]
        commands.append(_create(cluster, resource, files_object(cluster, kind), values))
    return [command for command in commands if command]


def _first(
    found: Sequence[Part],
    cluster: Cluster,
    secrets: Mapping[str, Variables],
    model: dict[str, Any],
) -> Iterator[str]:
    space = f"kubectl create namespace {cluster.namespace}" if cluster.namespace else ""
    made = secret_command(cluster, secrets.values())
    commands = [one for one in (space, made, *file_commands(found, cluster, model)) if one]
    if commands:
        yield FIRST
        yield _shell("\n".join(commands))


def _create(cluster: Cluster, resource: str, name: str, values: Sequence[str]) -> str:
    if not values:
        return ""
    start = f"kubectl{_space(cluster)} create {resource} {name}"
    return " \\\n  ".join((start, *values))


def _update(found: Sequence[Part], cluster: Cluster) -> Iterator[str]:
    kubectl = f"kubectl{_space(cluster)}"
    running = [part for part in found if part.role is not Role.MIGRATION]
    for part in found:
        if part.role is Role.MIGRATION:
            within = part.starts + FOR_IMAGES
            yield f"kubectl apply -f {part.name}.yaml"
            job = f"job/{job_name(cluster, part)}"
            yield f"{kubectl} wait --for=condition=complete --timeout={within}s {job}"
    others = (["volumes.yaml"] if any(named(part) for part in found) else []) + ["ingress.yaml"]
    files = [*others, *(f"{part.name}.yaml" for part in running)]
    yield f"kubectl apply{''.join(f' -f {name}' for name in files)}"
    for part in running:
        yield f"{kubectl} rollout status deployment/{part.name}"


def _back(found: Iterable[Part], cluster: Cluster) -> Iterator[str]:
    for part in found:
        if part.role is not Role.MIGRATION:
            yield f"kubectl{_space(cluster)} rollout undo deployment/{part.name}"


def _space(cluster: Cluster) -> str:
    return f" -n {cluster.namespace}" if cluster.namespace else ""


def _path(kind: str, source: str, model: dict[str, Any]) -> str:
    """The file that Compose reads; for other origins a place where to put it."""
    definition = (model.get(kind) or {}).get(source) or {}
    return shlex.quote(str(definition.get("file") or f"FILE-WITH-{source}"))


def shell_variables(keys: Iterable[str]) -> dict[str, str]:
    """Key → a shell variable for its value; no two keys have the same."""
    found: dict[str, str] = {}
    for key in keys:
        name = re.sub(r"[^A-Za-z0-9_]", "_", key)
        name = f"_{name}" if name[:1].isdigit() else name
        while name in found.values():
            name += "_"
        found[key] = name
    return found


def _shell(commands: str) -> str:
    return f"\n```sh\n{commands}\n```\n"
