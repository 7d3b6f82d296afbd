"""CP33: jobs are lost when a worker stops."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.python_code import code
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

FORGETFUL = frozenset(("NatsBroker", "PubSubBroker", "ListQueueBroker", "ZeroMQBroker"))


@rule("CP33", Category.ORCHESTRATION, "zero-downtime readiness", Severity.HIGH, fix=Fix.REVIEW)
def jobs_without_acknowledgement(repository: Repository) -> Iterator[Check]:
    """Jobs are lost when a worker stops.

    ## What it does
    Looks for job brokers that deliver at most once, such as TaskIQ on core NATS or Redis lists,
    in Python sources.

    ## Why it matters
    A job that is running, or waiting in the process, when a release replaces the worker is
    gone, and nobody is told.

    ## Bad
    ```python title="app/broker.py"
    from taskiq_nats import NatsBroker
    broker = NatsBroker("nats://nats:4222")
    ```

    ## Good
    ```python title="app/broker.py"
    from taskiq_nats import PullBasedJetStreamBroker
    broker = PullBasedJetStreamBroker("nats://nats:4222")
    ```

    ## Fix safety
    Needs review: `NatsBroker` becomes `PullBasedJetStreamBroker` with a stream that forgets jobs
    only when they are done. Jobs may then run twice, and have to bear it; one that takes longer
    than JetStream waits (30 s) surely does. Refused where the server runs without JetStream, and
    for brokers that have no such sibling in their package.
    """
    for path, text in repository.code_matching("taskiq"):
        run = code(text)
        for found in re.finditer(r"^(?!\s*(?:from|import)\b).*\b(\w*Broker)\(", run, re.MULTILINE):
            if not found[1].startswith(("InMemory", "AsyncShared")) and not found[
                0
            ].lstrip().startswith("class"):
                line = run[: found.start(1)].count("\n") + 1
                message = f"{found[1]} forgets a job the moment it is handed out"
                yield verdict(path, Place(path, line), message, ok=found[1] not in FORGETFUL)
