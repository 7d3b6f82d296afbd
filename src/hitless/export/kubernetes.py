"""A Compose project as manifests that its owner keeps: plain files, one for each service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitless.domain.errors import NotExportable
from hitless.export.files import marked
from hitless.export.guide import guide
from hitless.export.ingress import ingresses
from hitless.export.mounts import claims
from hitless.export.names import label, labels
from hitless.export.notes import notes, unsuitable
from hitless.export.part import Cluster, Part, parts
from hitless.export.vault import environment, variables, vault
from hitless.export.workloads import workload
from hitless.export.yaml_text import document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hitless.domain.settings import Settings

# File names, and the Service that every cluster has.
RESERVED = ("ingress", "kubernetes", "migration", "volumes")
README = "README.md"


@dataclass(frozen=True, slots=True)
class Export:
    """What was made of a project.

    Attributes:
        files: File name → text.
        notes: What has no counterpart, or needs a hand.
    """

    files: dict[str, str]
    notes: tuple[str, ...]


def export(
    model: dict[str, Any],
    settings: Settings,
    version: str,
    *,
    namespace: str = "",
    replicas: int = 2,
) -> Export:
    """All manifests, the same for the same files.

    Args:
        model: The resolved Compose model, held against hitless.yaml.
        settings: hitless.yaml.
        version: The user's name for it.
        namespace: Of every object; empty for the one that kubectl uses.
        replicas: How many pods each web service has at least.

    Raises:
        NotExportable: when something cannot be said in a manifest.
    """
    cluster = Cluster(label(settings.service), version, namespace, _named(settings))
    found, known = parts(model, settings, cluster.names, replicas), vault(model["services"])
    _check_variables(found)
    secrets = {part.name: variables(part, known, version) for part in found}
    told = notes(found, known, model, settings)
    files = {_file(part): _text(workload(part, cluster, known, model, settings)) for part in found}
    files["ingress.yaml"] = _text(ingresses(settings, cluster))
    volumes = claims(found, cluster, model)
    if volumes:
        files["volumes.yaml"] = _text(volumes)
    files[README] = guide(found, cluster, secrets, model, told)
    return Export({name: marked(name, files[name]) for name in sorted(files)}, told)


def _named(settings: Settings) -> dict[str, str]:
    """Names of everything that gets one; the migration's is its own even beside a Deployment."""
    return labels((*settings.web, *settings.workers), RESERVED)


def _check_variables(found: Iterable[Part]) -> None:
    """Keys of a ConfigMap are narrower than names of variables.

    Raises:
        NotExportable: with all that do not fit.
    """
    odd = [
        f"{part.service}: {name!r}"
        for part in found
        for name in sorted(environment(part.compose))
        if unsuitable(name)
    ]
    if odd:
        raise NotExportable(
            "a ConfigMap cannot hold variables of these names",
            "give them names of letters, digits, dots, dashes and underscores",
            tuple(odd),
        )


def _file(part: Part) -> str:
    return f"{part.name}.yaml"


def _text(objects: Iterable[Mapping[str, Any]]) -> str:
    return "---\n".join(document(one) for one in objects)
