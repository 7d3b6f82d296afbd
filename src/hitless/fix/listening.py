"""Where an nginx listens, by the configuration that it is given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.documents import nginx
from hitless.domain.errors import DocumentInvalid
from hitless.fix.edit import RefusedError

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

# By image, where no configuration says anything else.
USUAL = {"nginx": 80, "nginx-unprivileged": 8080}
HOME = "/etc/nginx"


def mounted_port(repository: Repository, service: Service, usual: int) -> int:
    """The port of an nginx whose configuration may be mounted.

    Raises:
        RefusedError: when the configuration cannot be read.
    """
    mounts = [one for one in service.mounts() if one.kind == "bind" and one.target.startswith(HOME)]
    found = [path for one in mounts for path in repository.below(service.project.path(one.source))]
    ports = [port for path in found for port in plain_ports(repository, path)]
    return ports[0] if ports else usual


def plain_ports(repository: Repository, path: str) -> list[int]:
    """The ports on which a configuration answers without TLS.

    Raises:
        RefusedError: when it cannot be read.
    """
    try:
        listens = list(nginx.parse(repository.text(path), path).all("listen"))
    except DocumentInvalid as error:
        raise RefusedError(error.message) from error
    plain = [re.search(r"(?:^|:)(\d+)$", one.args[0]) for one in listens if "ssl" not in one.args]
    return [int(one[1]) for one in plain if one]
