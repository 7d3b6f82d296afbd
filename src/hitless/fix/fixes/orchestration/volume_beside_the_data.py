"""CP22: the volume lies where the service writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import short
from hitless.audit.storage import data_folders, durable
from hitless.fix.commands import extended
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix
from hitless.fix.services import found, item
from hitless.fix.step import refusal, together
from hitless.fix.yaml_edit import Set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Mount, Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP22")
def volume_beside_the_data(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Lead the data to the volume, or the volume to the data."""
    for service, mine in found(repository, findings):
        mounts = durable(service)
        if len(mounts) > 1 or mounts[0].kind != "volume" or not mounts[0].source:
            yield refusal(mine[0].place, f"{service} mounts more than one named volume")
        elif short(service.image) == "nats":
            yield _led_to(service, mounts[0])
        else:
            yield _moved(repository, service, mounts[0])


def _led_to(service: Service, mount: Mount) -> Step:
    """NATS writes where it is told; the folder of the volume is as good as any."""
    words = service.words("command")
    if {"-c", "--config"} & set(words) or not words:
        return refusal(mount.node, "the configuration of nats says where it writes")
    return together(mount.node, *extended(service, "--store_dir", mount.target))


def _moved(repository: Repository, service: Service, mount: Mount) -> Step:
    try:
        path, keys = item(repository, service, "volumes", mount.node)
    except RefusedError as error:
        return refusal(mount.node, str(error))
    folder = data_folders(service)[0]
    if mount.node.is_map:
        return Set(path, (*keys, "target"), folder)
    source, _, rest = mount.node.text.partition(f":{mount.target}")
    return Set(path, keys, f"{source}:{folder}{rest}")
