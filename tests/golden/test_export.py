"""A resolved Compose model and hitless.yaml in, manifests out: the folders beside this file.

To accept a wanted change: ``HITLESS_GOLDEN=write pytest tests/golden`` and read the diff.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import yaml

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.repository import Repository
from hitless.config.load import parse
from hitless.domain.finding import Persona, Standing
from hitless.export.kubernetes import Export, export
from hitless.stack.classify import check
from hitless.stack.own_edge import with_edge

HERE = Path(__file__).parent / "export"
CASES = sorted(path.name for path in HERE.iterdir() if path.is_dir())


def exported(case: str, namespace: str = "") -> Export:
    settings = parse((HERE / case / "hitless.yaml").read_text(), "hitless.yaml")
    model = with_edge(json.loads((HERE / case / "compose.json").read_text()), settings.proxy)
    check(model, settings)
    return export(model, settings, "v1.2.0", namespace=namespace)


@pytest.mark.parametrize("case", CASES)
def test_the_manifests_are_those_that_were_accepted(case: str) -> None:
    found, accepted = exported(case).files, HERE / case / "manifests"
    if os.environ.get("HITLESS_GOLDEN") == "write":
        shutil.rmtree(accepted, ignore_errors=True)
        accepted.mkdir()
        for name, text in found.items():
            (accepted / name).write_text(text)
    assert found == {path.name: path.read_text() for path in sorted(accepted.iterdir())}


def test_there_are_cases() -> None:
    assert len(CASES) >= 2


def test_our_own_rules_find_nothing_in_the_reference_stack() -> None:
    texts = {f"kubernetes/{name}": text for name, text in exported("reference").files.items()}
    ours = [rule for rule in rules() if rule.id.startswith("K8")]
    report = audit(
        Repository(MemoryFiles(texts)), ours, today="2026-01-01", persona=Persona.PEDANTIC
    )
    assert [(one.rule, one.place) for one in report.findings] == []
    assert [result.standing for result in report.results] == [Standing.CHECKED] * 6


@pytest.mark.parametrize("case", CASES)
def test_every_document_is_whole_and_in_the_namespace(case: str) -> None:
    files = exported(case, "shop").files
    found = [
        one
        for name, text in files.items()
        if name.endswith(".yaml")
        for one in yaml.safe_load_all(text)
    ]
    assert len(found) >= 14
    assert all(one["metadata"]["namespace"] == "shop" for one in found)
    names = [(one["kind"], one["metadata"]["name"]) for one in found]
    assert len(set(names)) == len(names)
