"""Other scanners speak under our ids; silence and nonsense are not a pass."""

from __future__ import annotations

import json

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.adapters.memory.scanners import MemoryScanners
from hitless.audit import delegates
from hitless.audit.repository import Repository
from hitless.domain.container import Output

WORKFLOW = "on: push\njobs: {a: {runs-on: x, steps: [{run: ls}]}}\n"
REPOSITORY = Repository(
    MemoryFiles(
        {
            ".github/workflows/ci.yml": WORKFLOW,
            "Dockerfile": "FROM a:1\n",
            "nginx.conf": "server {\n}\n",
            "migrations/1.sql": "select 1;",
        }
    )
)
ANSWERS = {
    "zizmor": [
        {
            "ident": "excessive-permissions",
            "desc": "too many",
            "locations": [
                {
                    "symbolic": {
                        "kind": "Primary",
                        "key": {"Local": {"verbatim_path": "./.github/workflows/ci.yml"}},
                    },
                    "concrete": {"location": {"start_point": {"row": 1}}},
                }
            ],
        }
    ],
    "squawk": [
        {"file": "migrations/1.sql", "line": 0, "rule_name": "ban-drop-table", "message": "drops"},
        {"file": "migrations/1.sql", "line": 0, "rule_name": "prefer-text-field", "message": "x"},
    ],
    "gixy": [
        {
            "plugin": "add_header_redefinition",
            "summary": "lost",
            "path": "/srv/shop/nginx.conf",
            "line": 2,
        }
    ],
    "hadolint": [
        {"code": "DL3002", "file": "Dockerfile", "line": 1, "message": "root"},
        {"code": "DL3008", "file": "Dockerfile", "line": 1, "message": "pin"},
    ],
    "actionlint": [
        {"filepath": ".github/workflows/ci.yml", "line": 2, "message": "typo", "kind": "expression"}
    ],
}


def test_each_answer_is_told_under_our_id() -> None:
    scanners = MemoryScanners({name: Output(0, json.dumps(one)) for name, one in ANSWERS.items()})
    found, ran = delegates.finish(delegates.begin(REPOSITORY, scanners))
    places = {name: [one.place for one in checks] for name, checks in found.items()}
    assert places == {
        "CI10": [(".github/workflows/ci.yml", 2)],
        "DB04": [("migrations/1.sql", 1)],
        "NX03": [("nginx.conf", 2)],
        "DF05": [("Dockerfile", 1)],
        "CI14": [(".github/workflows/ci.yml", 2)],
    }
    assert ran == set(ANSWERS)
    assert delegates.standing(REPOSITORY, ran) == tuple((name, True) for name in ANSWERS)


@pytest.mark.parametrize("answer", [Output(1, "usage: zizmor"), Output(0, '[{"ident": 1}]'), None])
def test_a_scanner_without_a_readable_answer_did_not_run(answer: Output | None) -> None:
    running = delegates.begin(REPOSITORY, MemoryScanners({"zizmor": answer}))
    assert delegates.finish(running) == ({}, set())


def test_a_scanner_that_has_nothing_to_look_at_is_not_asked() -> None:
    scanners = MemoryScanners(dict.fromkeys(ANSWERS))
    assert delegates.begin(Repository(MemoryFiles({"README.md": "x"})), scanners) == []
