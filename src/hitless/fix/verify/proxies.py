"""Does nginx take its configuration, in the very image that will run it?"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from hitless.audit.images import short
from hitless.fix.verify import commands, model
from hitless.fix.verify.bench import LOOK_SECONDS, Attempt, NotChecked, Refuted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.fix.verify.bench import Bench

NGINX = frozenset(("nginx", "nginx-unprivileged", "openresty"))
ABSENT = re.compile(r'(?:cannot load certificate(?: key)?|open\(\)) "([^"]+)"')


def accepted(bench: Bench) -> Iterator[Attempt]:
    """``nginx -t`` for each service that is nginx."""
    for project, told in bench.models.items():
        for service in told["services"]:
            if _is_nginx(bench, project, service):
                yield Attempt(
                    "nginx -t",
                    service,
                    "nginx takes the configuration as the service mounts it, in its own image",
                    partial(_test, bench, project, service),
                )


def _is_nginx(bench: Bench, project: str, service: str) -> bool:
    """By its image, or by the base of the stage that it is built from."""
    told = bench.models[project]["services"][service]
    if "build" not in told:
        return short(str(told.get("image", ""))) in NGINX
    for one in bench.repository.projects:
        if one.files[0] == project and service in one.services:
            image = bench.repository.image_of(one.services[service])
            return image is not None and short(image[0].lineage(image[1])[-1].base) in NGINX
    return False


def _test(bench: Bench, project: str, service: str) -> None:
    told = bench.models[project]
    image = bench.image_of(project, service)
    mounted, absent = model.mounts(told, service, bench.directory)
    values = model.env_file(model.environment(told["services"][service]))
    variables = bench.put(values)
    options = ["--network=none", f"--env-file={variables}", *mounted, *_hosts(bench, told)]
    command = commands.once(f"{bench.name}-nginx", image, ("nginx", "-t"), options)
    output = bench.run(command, LOOK_SECONDS)
    if output.code == 0:
        return
    missing = ABSENT.search(output.text)
    if missing and any(missing[1].startswith(one) for one in absent):
        raise NotChecked(f"{missing[1]} comes from the server and is not in the repository")
    words = f"docker compose -f {project} run --rm --no-deps {service} nginx -t"
    raise Refuted("nginx refuses its configuration", output.text, words)


def _hosts(bench: Bench, told: dict[str, Any]) -> list[str]:
    """Every service under its names, and other machines' names, which nobody can look up here."""
    names = set(told["services"])
    for service in told["services"].values():
        names |= {service[key] for key in ("container_name", "hostname") if key in service}
        for network in (service.get("networks") or {}).values():
            names |= set((network or {}).get("aliases") or ())
    for file in bench.repository.nginx:
        for one in file.all("proxy_pass", "server", "fastcgi_pass", "uwsgi_pass", "grpc_pass"):
            host = re.sub(r"^\w+://", "", one.args[0] if one.args else "")
            names |= set(re.findall(r"^[a-zA-Z][\w-]*\.[\w.-]*[a-zA-Z](?=[:/]|$)", host))
    return [f"--add-host={name}:127.0.0.1" for name in sorted(names)]
