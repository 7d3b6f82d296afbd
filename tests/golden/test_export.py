"""A resolved Compose model and hitless.yaml in, manifests out: the folders beside this file.

To accept a wanted change: ``HITLESS_GOLDEN=write pytest tests/golden`` and read the diff.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from hitless.config.load import parse
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
