"""The page of variables, labels, headers and ports that others can see or set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.cli.main import main
from hitless.domain import container
from hitless.stack.layout import Layout
from hitless.stack.projects import CONTROL_PORT
from tools.reference.text import document, table

if TYPE_CHECKING:
    from collections.abc import Iterator

READ: tuple[tuple[str, str], ...] = (
    ("NO_COLOR", "When set to anything, output has no colours."),
    ("DOCKER_HOST", "Another socket of a local engine, as `unix:///path/to/docker.sock`."),
    ("HITLESS_RUN", "A key for `hitless abort --run`; set by `--host` for the command there."),
    (
        "HITLESS_RUN_URL",
        "The page of the CI job, shown to whom the lock refuses; for a job on another machine.",
    ),
    ("GITHUB_RUN_ID", "With the next two: the same, on GitHub."),
    ("GITHUB_SERVER_URL", "See above."),
    ("GITHUB_REPOSITORY", "See above."),
    ("CI_JOB_URL", "The same, on GitLab."),
    ("BUILD_URL", "The same, on Jenkins."),
    ("BUILDKITE_BUILD_URL", "The same, on Buildkite."),
    ("CIRCLE_BUILD_URL", "The same, on CircleCI."),
    ("SUDO_USER", "Named in the history as who acted, when Hitless runs under sudo."),
)
GIVEN: tuple[tuple[str, str, str], ...] = (
    (
        "HITLESS_VERSION",
        "Compose files, builds, containers, hooks, smoke commands",
        "The version given to `hitless deploy`.",
    ),
    (
        "HITLESS_RELEASE",
        "containers of a slot, hooks, smoke commands",
        "The release's id; send it back as `X-Release`.",
    ),
    ("HITLESS_SLOT", "containers of a slot, hooks, smoke commands", "`blue` or `green`."),
    ("HITLESS_ENVIRONMENT", "Compose files, hooks", "The name given with `-e`."),
    ("HITLESS_SERVICE", "hooks", "The service's name."),
    ("HITLESS_PREVIOUS", "hooks", "The version that served before; empty at first."),
    ("HITLESS_DEPLOY", "hooks", "The deploy's id."),
    ("HITLESS_OUTCOME", "hooks", "`running` in pre-deploy, else how the deploy ended."),
    (
        "HITLESS_PREVIEW_URL",
        "smoke commands",
        "Where the release answers, with the header `X-Hitless-Slot: $HITLESS_SLOT`.",
    ),
)
LABELS: tuple[tuple[str, str], ...] = (
    (container.SERVICE, "The service, on everything that Hitless makes."),
    (container.ROLE, "`web`, `worker`, `migration`, `accessory` or `edge`."),
    (container.NAME, "The service's name in the Compose files."),
    (container.SLOT, "`blue` or `green`; only in slots."),
    (container.RELEASE, "The release's id; only in slots."),
)
HEADERS: tuple[tuple[str, str, str], ...] = (
    (
        "X-Release",
        "application → edge → user",
        "If your application sends it, a cutover is confirmed by release, not by slot alone.",
    ),
    ("X-Slot", "edge → user", "The slot that was chosen for this request."),
    ("X-Request-Id", "edge → application", "An id for this request, also in the edge's log."),
    (
        "X-Hitless-Slot",
        "you → control listener",
        "Which slot shall answer; by default the one without users.",
    ),
    (
        "X-Hitless-Key",
        "Hitless → edge",
        "With the right key the answer tells who gave it. Never passed on.",
    ),
    ("X-Hitless-Event", "Hitless → webhook", "What is told, such as `live`."),
    (
        "X-Hitless-Signature",
        "Hitless → webhook",
        "`sha256=` and the HMAC-SHA256 of the body, where a secret is given.",
    ),
    (
        "X-Upstream",
        "edge → Hitless",
        "The addresses that were asked; only with the key, or on the control listener.",
    ),
)
NAMES = Layout("SERVICE", "")


def page() -> str:
    """The whole page."""
    variables = [*((name, text) for name, text in options()), *READ]
    return document(
        "Variables, labels, headers, names",
        "## Variables that Hitless reads\n\n" + _table(("Variable", "Meaning"), variables),
        "## Variables that Hitless sets\n\n" + _table(("Variable", "Where", "Meaning"), GIVEN),
        "## Labels on containers, networks and volumes\n\n" + _table(("Label", "Value"), LABELS),
        "## HTTP headers\n\n" + _table(("Header", "From → to", "Meaning"), HEADERS),
        "## Names\n\n" + _table(("Name", "What has it"), _names()),
        f"The edge's container also listens on port {CONTROL_PORT}, published on a free port "
        "of the host's loopback: the *control listener*, where the preview answers.",
    )


def options() -> Iterator[tuple[str, str]]:
    """The variables that stand for options of the command line."""
    for option in main.params:
        name = getattr(option, "envvar", None)
        if name:
            yield str(name), f"Stands for the option `{option.opts[-1]}`."


def _names() -> tuple[tuple[str, str], ...]:
    return (
        (NAMES.edge, "The Compose project and the container of the edge."),
        (NAMES.shared, "The Compose project of the accessories."),
        ("SERVICE-blue, SERVICE-green", "The Compose projects of the slots."),
        ("SERVICE-blue-api", "The container of service api in a slot; a second replica is api-2."),
        (NAMES.network, "The network on which edge, slots and accessories meet."),
        ("hitless/SERVICE/api:ID", "The image of service api of one release."),
    )


def _table(head: tuple[str, ...], rows: object) -> str:
    return table(head, ((f"`{row[0]}`", *row[1:]) for row in rows))  # type: ignore[attr-defined]
