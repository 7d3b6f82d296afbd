"""CP30: the program of a healthcheck is not in the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.health import check_of
from hitless.audit.images import short, tag
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

SLIM = frozenset(("curl", "wget", "nc", "pgrep", "ps", "ping"))
NOTHING = SLIM | {"sh", "bash", "python", "node", "true"}


@rule("CP30", Category.ORCHESTRATION, "healthchecks", Severity.HIGH, fix=Fix.GENERATE)
def healthcheck_program_missing(repository: Repository) -> Iterator[Check]:
    """The program of a healthcheck is not in the image.

    ## What it does
    Compares the program that a healthcheck runs with what is known of the base image and what
    the Dockerfile installs.

    ## Why it matters
    The container never becomes healthy: everything that waits for it waits for ever, and no
    release gets through.

    ## Bad
    ```yaml title="compose.yml"
    services:
      nats:
        image: nats:2.10
        healthcheck: {test: [CMD, wget, -q, "http://127.0.0.1:8222/healthz"]}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      nats:
        image: nats:2.10-alpine
        healthcheck: {test: [CMD, wget, -q, "http://127.0.0.1:8222/healthz"]}
    ```

    ## Fix safety
    Generated where the image is known.
    """
    for service in long_running(repository):
        words = check_of(repository, service)
        base, installed = what_is_inside(repository, service)
        if words and base:
            program = next((one for one in words if "=" not in one), "").rpartition("/")[2]
            absent = program in lacking(base) and program not in installed
            node = service.node.get("healthcheck", "test") or service.key
            yield verdict(
                service,
                node,
                f"{program} is not in {base}, so {service} never becomes healthy",
                ok=not absent,
            )


def what_is_inside(repository: Repository, service: Service) -> tuple[str, set[str]]:
    """The image that a service is based on, and packages put into it."""
    image = repository.image_of(service)
    if image is None:
        return ("" if service.is_built else service.image), set()
    installed: set[str] = set()
    for one in image[0].inherited(image[1], "RUN"):
        installed |= run_lines.packages(one.script)
    installed |= {
        one.destination().rpartition("/")[2] for one in image[0].inherited(image[1], "COPY")
    }
    if installed & {"procps", "procps-ng"}:
        installed |= {"pgrep", "ps"}
    return image[0].lineage(image[1])[-1].base, installed


def lacking(base: str) -> frozenset[str]:
    """Programs that an image is known not to have."""
    name, version = short(base), tag(base)
    if "distroless" in base or name in ("scratch", "static"):
        return NOTHING
    if name == "nats" and "alpine" not in version:
        return NOTHING
    if name in ("nginx", "nginx-unprivileged"):
        return frozenset(("node", "python", "python3")) | (
            frozenset() if "alpine" in version else frozenset(("wget",))
        )
    if "alpine" in version:
        return frozenset(("curl", "bash")) | (
            frozenset() if name in ("python", "node") else frozenset(("python", "node"))
        )
    if "slim" in version:
        return SLIM - {"ps"} if name == "node" else SLIM
    return frozenset()
