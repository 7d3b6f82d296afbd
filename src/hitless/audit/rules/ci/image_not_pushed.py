"""CI05: no image is pushed under a name that never changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.application import has_own_code, pipeline_anchor
from hitless.audit.check import failed, unchecked, verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI05", Category.CI, "build", Severity.HIGH, fix=Fix.GENERATE)
def image_not_pushed(repository: Repository) -> Iterator[Check]:
    """No image is pushed under a name that never changes.

    ## What it does
    Looks for a step that pushes images, and at its tags. A project whose server builds the
    images by itself still has nothing to go back to when that server is lost.

    ## Why it matters
    What was tested and what runs are two builds. A new server has to build everything before it
    can serve.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ```

    ```yaml title=".github/workflows/build.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: docker build -t example/api:latest . && docker push example/api:latest
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ```

    ```yaml title=".github/workflows/build.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: docker build -t example/api:$GITHUB_SHA . && docker push example/api:$GITHUB_SHA
    ```

    ## Fix safety
    Generated: build, push by commit and version, with a cache in the registry.
    """
    if not repository.released or not has_own_code(repository):
        return
    if pipeline.others(repository) and not repository.pipelines:
        yield unchecked(f"{pipeline.others(repository)[0]} is not read")
        return
    pushes = list(_pushes(repository))
    if not pushes:
        yield failed(
            "images",
            pipeline_anchor(repository),
            "no workflow pushes an image, so there is none to go back to",
            "none",
        )
    for place, tags in pushes:
        immutable = bool(re.search(r"sha|\$|\{\{|:v?\d+\.\d+", tags))
        yield verdict(
            "images",
            place,
            "an image is pushed only under a name that the next push overwrites",
            ok=immutable,
        )


def _pushes(repository: Repository) -> Iterator[tuple[Place, str]]:
    for path, step in pipeline.actions(repository):
        if "build-push-action" in step.uses and step.given("push") not in ("", "false"):
            yield Place(path, step.line), step.given("tags")
        if re.search(r"docker/bake-action|ko-build/|pack-cli|kaniko", step.uses):
            yield Place(path, step.line), "sha"
        if step.uses.endswith((".yml", ".yaml")) or "/.github/workflows/" in step.uses:
            yield (
                Place(path, step.line),
                "sha",
            )  # another repository's workflow; its text is not here
    every = pipeline.everything(repository)
    for line in pipeline.lines(repository):
        if re.search(
            r"docker (image )?push|--push\b|docker compose push|podman push|\bko (build|publish)|skaffold",
            line.text,
        ):
            yield Place(line.path, line.line), line.text
    if "compose push" in every or "buildx bake" in every:
        yield pipeline_anchor(repository), "sha"
