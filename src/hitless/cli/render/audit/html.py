"""One HTML file that a team can put before others: no script, no font, no other address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from hitless.audit.roadmap import roadmap
from hitless.domain.finding import Severity, Standing
from hitless.domain.score import shown

if TYPE_CHECKING:
    from hitless.audit.engine import Report


def html(report: Report, name: str, before: Report | None = None) -> str:
    """The page; with ``before`` each category shows both scores."""
    environment = Environment(
        loader=PackageLoader("hitless.cli.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["score"] = lambda value: "n/a" if value is None else shown(value)
    former = {part.category: part.value for part in before.score.parts} if before else {}
    counts = {s: sum(1 for one in report.findings if one.severity is s) for s in Severity}
    return environment.get_template("audit.html.j2").render(
        report=report,
        name=name,
        before=before,
        former=former,
        counts=counts,
        moves=roadmap(report),
        unlooked=report.standing(Standing.NOT_CHECKED),
    )
