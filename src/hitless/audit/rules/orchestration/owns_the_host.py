"""CP27: A container owns the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.images import kind
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service


@rule("CP27", Category.SECURITY, "non-root containers", Severity.CRITICAL, fix=Fix.NONE)
def owns_the_host(repository: Repository) -> Iterator[Check]:
    """A container owns the machine.

    ## What it does
    Looks for privileged containers, the engine's socket and namespaces of the host. Exporters
    of machine figures are left alone, and so are proxies of the socket.

    ## Why it matters
    Whoever gets into this container is root on the server, with every other service and every
    secret on it.

    ## Bad
    ```yaml title="compose.yml"
    services:
      ci:
        image: example/runner:1.0
        volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      ci:
        image: example/runner:1.0
        volumes: ["cache:/cache"]
    volumes: {cache: }
    ```

    ## Fix safety
    No edit is offered: somebody wanted this; ask what for.
    """
    for service in repository.services:
        if kind(service) == "monitoring" or "socket-proxy" in service.image:
            continue
        yield from each(service, _faults(service))


def _faults(service: Service) -> Iterator[Check]:
    privileged = service.node.get("privileged")
    if privileged is not None and privileged.is_true:
        yield failed(
            service,
            privileged,
            f"{service} is privileged: root in it is root on the machine",
            "privileged",
        )
    for key in ("pid", "ipc", "network_mode", "userns_mode"):
        node = service.node.get(key)
        if node is not None and node.text == "host":
            yield failed(
                service,
                node,
                f"{service} shares the {key.removesuffix('_mode')} namespace of the machine",
                key,
            )
    for mount in service.mounts():
        if mount.source.endswith(("docker.sock", "containerd.sock", "podman.sock")):
            yield failed(
                service,
                mount.node,
                f"{service} can command the container engine, which is root",
                "socket",
            )
