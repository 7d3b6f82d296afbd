"""Is the program of each healthcheck in the image?"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.verify import commands, model
from hitless.fix.verify.bench import LOOK_SECONDS, Attempt, NotChecked, Refuted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.fix.verify.bench import Bench

NO_SHELL = (126, 127)  # the engine's own codes for a program that it cannot start


def present(bench: Bench) -> Iterator[Attempt]:
    """Compose's healthchecks, and those of the images that were built."""
    for project, told in bench.models.items():
        for service, one in told["services"].items():
            check = one.get("healthcheck") or {}
            if check.get("disable") or model.words(check.get("test"))[:1] == ["NONE"]:
                continue
            if check.get("test") or (project, service) in bench.built:
                yield Attempt(
                    "healthcheck programs exist",
                    service,
                    "the image has the program that its healthcheck runs",
                    partial(_look, bench, project, service),
                )


def _look(bench: Bench, project: str, service: str) -> None:
    image = bench.image_of(project, service)
    told = bench.models[project]["services"][service].get("healthcheck") or {}
    test = model.words(told.get("test")) or _of_image(bench, image)
    if not test:
        raise NotChecked("neither Compose nor the image has a healthcheck")
    program = model.program(test)
    if not program:
        raise NotChecked("its healthcheck names no program")
    words = ("-c", 'command -v "$1"', "sh", program)
    options = ("--network=none", "--entrypoint=sh")
    output = bench.run(commands.once(f"{bench.name}-health", image, words, options), LOOK_SECONDS)
    if output.code in NO_SHELL and "executable file not found" in output.text:
        _without_shell(test)
    if output.code != 0:
        raise Refuted(
            f"{program} is not in the image, so {service} never becomes healthy",
            output.text,
            f"docker compose -f {project} run --rm --no-deps --entrypoint sh {service}",
        )


def _without_shell(test: list[str]) -> None:
    if test[0] == "CMD-SHELL":
        raise Refuted("its healthcheck needs a shell, and the image has none")
    raise NotChecked(f"the image has no shell with which to look for {test[1]}")


def _of_image(bench: Bench, image: str) -> list[str]:
    """The words of the image's own HEALTHCHECK."""
    command = ("docker", "image", "inspect", "--format", "{{json .Config.Healthcheck}}", image)
    output = bench.run(command, LOOK_SECONDS)
    told = json.loads(output.text) if output.code == 0 else None
    return list((told or {}).get("Test") or ())
