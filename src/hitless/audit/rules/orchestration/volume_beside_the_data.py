"""CP22: A volume is mounted where the service does not write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.audit.storage import covers, data_folders, durable, keeps
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP22", Category.ORCHESTRATION, "volumes", Severity.HIGH, fix=Fix.SAFE)
def volume_beside_the_data(repository: Repository) -> Iterator[Check]:
    """A volume is mounted where the service does not write.

    ## What it does
    Compares volumes with the folder in which the image, or its command, keeps data.

    ## Why it matters
    It looks as if the data were safe, and the volume stays empty: the data goes with the
    container.

    ## Bad
    ```yaml title="compose.yml"
    services:
      nats:
        image: nats:2.10
        command: [--jetstream]
        volumes: ["nats:/data"]
    volumes: {nats: }
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      nats:
        image: nats:2.10
        command: [--jetstream, --store_dir, /data]
        volumes: ["nats:/data"]
    volumes: {nats: }
    ```

    ## Fix safety
    Safe for an empty volume; otherwise copy the data first.
    """
    for service in long_running(repository):
        mounts = durable(service)
        if keeps(service) and mounts:
            folders = data_folders(service)
            right = any(covers(mount.target, folder) for mount in mounts for folder in folders)
            message = (
                f"{service} writes to {' or '.join(folders)}, and {mounts[0].target} stays empty"
            )
            yield verdict(service, mounts[0].node, message, ok=right)
