"""The short way into an audit means the same as the long one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from hitless.cli import audit, entry, look
from hitless.cli.audit_words import FORMATS, LEVELS, Asked, plain
from hitless.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def through_click(words: list[str], monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What click understands of the same words."""
    asked: list[Asked] = []

    def looked(one: Asked) -> int:
        asked.append(one)
        return 0

    monkeypatch.setattr(audit, "look", looked)
    main(["audit", *words], standalone_mode=False)
    return asked[0]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["shop"],
        ["."],
        ["--exit-zero"],
        ["--exit-zero", "shop", "--format", "sarif"],
        ["--format", "json", "--format", "gcc"],
        ["../shop", "--fail-on", "critical", "--exit-zero", "--exit-zero"],
        *[["--format", one] for one in FORMATS],
        *[["--fail-on", one] for one in LEVELS],
    ],
)
def test_the_short_way_reads_what_click_reads(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plain(words) == through_click(words, monkeypatch)


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["-h"],
        ["--format"],
        ["--format", "xml"],
        ["--format", "--exit-zero"],
        ["--format=json"],
        ["--fail-on", "worst"],
        ["--fail-on"],
        ["one", "two"],
        ["--", "shop"],
        ["--min-score", "5"],
        ["--baseline", "before.json"],
        ["--diff", "main"],
        ["--explain-score"],
        ["--persona", "pedantic"],
        ["--require", "hadolint"],
        ["--language", "uk"],
        ["--exit"],
    ],
)
def test_click_reads_all_the_rest(words: list[str]) -> None:
    assert plain(words) is None


@pytest.mark.parametrize(
    "environ",
    [
        {"HITLESS_HOST": "deploy@example.net"},
        {"HITLESS_ENVIRONMENT": "staging"},
        {"HITLESS_CONFIG": "/"},
        {"_HITLESS_COMPLETE": "bash_source"},
    ],
)
def test_what_stands_around_the_words_is_left_to_click(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[str] = []
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["hitless", "audit"])
    monkeypatch.setattr(entry, "_through_click", lambda: went.append("click"))
    monkeypatch.setattr(look, "look", lambda _: went.append("straight"))
    with pytest.raises(SystemExit):
        entry.run()
    assert went == ["click"]


def test_a_quotation_of_terminal_codes_does_not_reach_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'services:\n  "web\\e[31m":\n    image: nginx\n    ports: ["80:80"]\n'
    (tmp_path / "compose.yml").write_text(text)
    look.look(Asked(tmp_path))
    said = capsys.readouterr().out
    assert "web" in said
    assert "\x1b" not in said
