"""The HTML page of recorded deploys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hitless.cli.render.plain import told
from hitless.cli.render.report import Gate, Headline, Report, Run, Step, Tone, milliseconds
from hitless.cli.render.timeline import Marker
from hitless.domain.evidence import Evidence
from hitless.domain.journal import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hitless.deploy.record import Record


def page(record: Record, created: float) -> Report:
    """Everything about one deploy, for :func:`hitless.cli.render.report.html`."""
    evidence = record.evidence or Evidence()
    return Report(
        title=f"{record.deploy.kind.value.capitalize()} {record.title}",
        summary=record.deploy.reason or f"Ended as {record.deploy.outcome.value}.",
        headlines=_headlines(record, evidence),
        evidence=evidence,
        names=record.names,
        created=created,
        markers=markers([record]),
        runs=(run(record),),
    )


def certificate_page(record: Record, created: float, certified: Mapping[str, Any]) -> Report:
    """The page of a deploy with all that its certificate says besides."""
    return replace(
        page(record, created),
        gates=tuple(_gate(gate) for gate in certified["gates"]),
        certified=tuple(_certified(certified)),
    )


def _certified(certified: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and values, each of which somebody may want to compare."""
    migration, zero = certified["migration"] or {}, certified["zero_failed"]
    yield "Release", certified["deploy"]["release"]
    for when, name in (("", "release"), (" before", "previous")):
        release = certified[name] or {}
        for service, digest in release.get("images", {}).items():
            yield f"Image of {service}{when}", digest
        if release.get("commit"):
            yield f"Commit{when}", release["commit"]
    yield from ((f"Schema {when}", revision) for when, revision in migration.items() if revision)
    failed = "" if zero["failed"] is None else f", {zero['failed']} failed before the promote"
    allowed = "none" if zero["required"] else "as the traffic gate says"
    yield "Failed requests allowed", f"{allowed}{failed}"
    yield "Journal", f"row {certified['journal']['row']}, {certified['journal']['hash']}"


def _gate(gate: Mapping[str, Any]) -> Gate:
    limits = tuple((n.replace("_", " "), _limit(value)) for n, value in gate["limits"].items())
    found = told(gate["found"]) or gate["found"].get("reason", "")
    return Gate(gate["name"], gate["passed"], found, limits)


def _limit(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def run(record: Record) -> Run:
    """One row of the table of runs."""
    deploy, evidence = record.deploy, record.evidence
    return Run(
        id=deploy.id,
        title=record.title,
        kind=deploy.kind.value,
        outcome=deploy.outcome.value,
        good=deploy.outcome is Outcome.LIVE,
        started=deploy.started,
        seconds=(deploy.ended or deploy.started) - deploy.started,
        switch_ms=record.confirmed_ms,
        sent=evidence.sent if evidence else None,
        failed=evidence.failed if evidence else None,
        steps=tuple(
            Step(s.name, s.began, s.seconds, s.status.value, told(s.facts)) for s in record.steps
        ),
        reason=deploy.reason,
    )


def markers(records: Sequence[Record]) -> tuple[Marker, ...]:
    """The cutovers, for the picture."""
    return tuple(
        Marker(one.cutover_at, f"{'back' if one.is_rollback else 'cutover'} to {one.version}")
        for one in records
        if one.cutover_at is not None
    )


def _headlines(record: Record, evidence: Evidence) -> tuple[Headline, ...]:
    tone = Tone.BAD if evidence.failed or not evidence.sent else Tone.GOOD
    return (
        Headline(f"{evidence.failed:,}", "failed requests", f"of {evidence.sent:,} sent", tone),
        Headline(milliseconds(record.confirmed_ms), "cutover", "until 20 fresh answers"),
        Headline(milliseconds(evidence.p99_ms), "p99", "new, kept and writing clients"),
    )
