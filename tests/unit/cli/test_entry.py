"""The short way into a rollback means the same as the long one."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from hitless.cli import entry, rollback
from hitless.cli.entry import Wish, straight
from hitless.cli.main import main


def through_click(words: list[str], monkeypatch: pytest.MonkeyPatch) -> Wish:
    """What click understands of the same words."""
    asked: list[Wish] = []

    def turn_back(
        config: Path, *, to: str, wait: bool, as_json: bool, message: str, **rare: object
    ) -> None:
        assert rare == {"debug": False, "environment": "", "force": False}
        asked.append(Wish(str(config), to, wait, message, as_json))

    monkeypatch.setattr(rollback, "turn_back", turn_back)
    main(words, standalone_mode=False)
    return asked[0]


@pytest.mark.parametrize(
    "words",
    [
        ["rollback"],
        ["rollback", "--wait"],
        ["rollback", "--json", "--to", "v1.2.0"],
        ["rollback", "--to", "4d2e8a0b", "--wait", "--json"],
        ["rollback", "--to", "v1", "--to", "v2"],
        ["rollback", "-m", "too slow", "--message", "wrong totals"],
        ["-f", "deploy/hitless.yaml", "rollback"],
        ["--config", "other.yaml", "rollback", "--wait"],
    ],
)
def test_the_short_way_reads_what_click_reads(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = straight(words, {})
    assert short is not None
    assert short._replace(config=str(Path(short.config).absolute())) == through_click(
        words, monkeypatch
    )


def test_the_environment_names_the_configuration() -> None:
    assert straight(["rollback"], {"HITLESS_CONFIG": "a.yaml"}) == Wish("a.yaml")
    assert straight(["rollback"], {"HITLESS_CONFIG": ""}) == Wish("hitless.yaml")
    assert straight(["-f", "b.yaml", "rollback"], {"HITLESS_CONFIG": "a"}) == Wish("b.yaml")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--help"],
        ["deploy"],
        ["rollback", "--help"],
        ["rollback", "--dry-run"],
        ["rollback", "--force-data-risk"],
        ["rollback", "--to"],
        ["rollback", "--to", "--wait"],
        ["rollback", "--to=v1"],
        ["rollback", "v1"],
        ["--debug", "rollback"],
        ["-f", "/", "rollback"],
        ["-f"],
    ],
)
def test_click_reads_all_the_rest(words: list[str]) -> None:
    assert straight(words, {}) is None


def test_a_shell_that_completes_is_answered_by_click() -> None:
    assert straight(["rollback"], {"_HITLESS_COMPLETE": "bash_complete"}) is None
    assert straight(["rollback"], {"HITLESS_ENVIRONMENT": "staging"}) is None


def test_a_full_disk_is_told_as_such_and_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/srv/.hitless/lock")

    monkeypatch.setattr(entry, "_run", full)
    with pytest.raises(SystemExit) as ended:
        entry.run()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "error[E307]: the disk is full, /srv/.hitless/lock could not be written" in told
    assert "docker image prune" in told
