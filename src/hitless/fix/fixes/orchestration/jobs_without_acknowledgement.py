"""CP33: jobs wait in JetStream until a worker has finished them."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.images import short
from hitless.fix.edit import RefusedError
from hitless.fix.python_files import by_path, edited
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.python_edit import PythonEditor
    from hitless.fix.step import Step

OLD, NEW = "NatsBroker", "PullBasedJetStreamBroker"
CHAINED = {"result_backend": "with_result_backend", "task_id_generator": "with_id_generator"}
ALIKE = 2  # positional arguments that mean the same to both: servers, subject
WORK_QUEUE = "stream_config=StreamConfig(retention=RetentionPolicy.WORK_QUEUE)"
SWITCHES = frozenset(("-js", "--js", "--jetstream", "-jetstream", "-c", "--config"))


@fix("CP33")
def jobs_without_acknowledgement(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Use the broker of the same package that acknowledges, and keep no job that is done."""
    for path, mine in by_path(findings):
        yield edited(repository, mine[0].place, path, partial(_acknowledged, repository))


def _acknowledged(repository: Repository, editor: PythonEditor) -> None:
    calls = list(editor.calls(OLD))
    if not calls:
        raise RefusedError("only brokers on NATS have one in the same package that acknowledges")
    for service in repository.services:
        if short(service.image) == "nats" and not SWITCHES & set(service.words("command")):
            raise RefusedError(f"{service} runs without JetStream")
    for call in calls:
        _replaced(editor, call)
    editor.forget(OLD)
    editor.import_name("taskiq_nats", NEW)
    for name in ("RetentionPolicy", "StreamConfig"):
        editor.import_name("nats.js.api", name)


def _replaced(editor: PythonEditor, call: ast.Call) -> None:
    given = {one.arg for one in call.keywords}
    if len(call.args) > ALIKE or None in given or isinstance(call.func, ast.Attribute):
        raise RefusedError(f"line {call.lineno} gives arguments that mean something else there")
    kept = [k for k in call.keywords if k.arg not in (*CHAINED, "jetstream")]
    words = [editor.source(one) for one in call.args] + [editor.source(one) for one in kept]
    words += [] if "stream_config" in given else [WORK_QUEUE]
    made = f"{NEW}({', '.join(words)})"
    if len(made) > 80:  # noqa: PLR2004  # a line as people write them
        made = f"{NEW}(\n    {', '.join(words)}\n)"
    for one in call.keywords:
        if one.arg in CHAINED:
            made += f".{CHAINED[one.arg]}({editor.source(one.value)})"
    editor.rewrite(call, made)
