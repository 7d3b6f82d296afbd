"""For other programs: JSON, SARIF, JUnit, GitHub's annotations and compilers' lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hitless import __version__
from hitless.domain.finding import Severity, Standing

if TYPE_CHECKING:
    from hitless.audit.engine import Report
    from hitless.audit.registry import Rule
    from hitless.domain.finding import Finding

FORMAT = 1
MOST_RESULTS = 5000  # what GitHub takes
HOME = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
SECURITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
}


def as_json(report: Report) -> str:
    """All of it; ``format`` is the version of the shape."""
    score = report.score
    document = {
        "format": FORMAT,
        "hitless": __version__,
        "score": score.total,
        "ready": score.ready,
        "categories": [
            {
                "name": part.category.value,
                "weight": part.weight,
                "score": part.value,
                "elements": [
                    {"name": one.name, "value": one.value, "word": one.word}
                    for one in part.elements
                ],
            }
            for part in score.parts
        ],
        "findings": [_finding(report, one) for one in report.findings],
        "ignored": [{**_finding(report, one), "reason": one.ignored} for one in report.ignored],
        "not_checked": [
            {"rule": one.rule, "reason": one.reason}
            for one in report.standing(Standing.NOT_CHECKED)
        ],
        "not_applicable": [one.rule for one in report.standing(Standing.NOT_APPLICABLE)],
        "scanners": dict(report.scanners),
        "files": report.looked_at,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _finding(report: Report, one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "severity": one.severity.value,
        "confidence": report.rules[one.rule].confidence.value,
        "path": one.place.path,
        "line": one.place.line,
        "subject": one.subject,
        "message": one.message,
        "fix": report.rules[one.rule].fix.value,
        "effect": round(report.score.effect(one.rule), 4),
        "fingerprint": one.fingerprint,
    }


def sarif(report: Report) -> str:
    """SARIF 2.1.0, for code scanning."""
    found = {one.rule for one in (*report.findings, *report.ignored)}
    rules = [_sarif_rule(rule) for name, rule in report.rules.items() if name in found]
    results = [_sarif_result(one) for one in (*report.findings, *report.ignored)][:MOST_RESULTS]
    driver = {"name": "Hitless", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": HOME, "version": "2.1.0", "runs": [run]}, indent=2)


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.slug,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.section("What it does")},
        "help": {"text": rule.text, "markdown": rule.text},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"security-severity": SECURITY[rule.severity], "tags": [rule.category.value]},
    }


def _sarif_result(one: Finding) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": one.place.path, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": one.place.line},
    }
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "level": LEVELS[one.severity],
        "message": {"text": one.message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"hitless/v1": one.fingerprint},
    }
    if one.ignored:
        result["suppressions"] = [{"kind": "inSource", "justification": one.ignored}]
    return result


def junit(report: Report) -> str:
    """One test case a rule; what was not checked is skipped."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415  # written, never read

    suite = ET.Element("testsuite", name="hitless audit", tests=str(len(report.results)))
    failures = 0
    for one in report.results:
        rule = report.rules[one.rule]
        case = ET.SubElement(
            suite, "testcase", classname=rule.category.value, name=f"{rule.id} {rule.title}"
        )
        wrong = [finding for finding in one.findings if not finding.ignored]
        if wrong:
            failures += 1
            failure = ET.SubElement(
                case, "failure", message=f"{len(wrong)} findings", type=rule.severity.value
            )
            failure.text = "\n".join(f"{f.place.path}:{f.place.line}: {f.message}" for f in wrong)
        elif one.standing is not Standing.CHECKED:
            ET.SubElement(case, "skipped", message=one.reason or one.standing.value)
    suite.set("failures", str(failures))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def github(report: Report) -> str:
    """Annotations of a GitHub workflow."""
    names = {"error": "error", "warning": "warning", "note": "notice"}
    return "\n".join(
        f"::{names[LEVELS[one.severity]]} file={_property(one.place.path)},line={one.place.line},"
        f"title={_property(f'{one.rule} {one.subject}')}::{_data(one.message)}"
        for one in report.findings
    )


def gcc(report: Report) -> str:
    """Lines as compilers print them, for editors."""
    return "\n".join(
        f"{one.place.path}:{one.place.line}:1: {LEVELS[one.severity]}: {one.message} [{one.rule}]"
        for one in report.findings
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
