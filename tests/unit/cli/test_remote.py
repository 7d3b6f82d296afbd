"""What is run on another machine, and what its end means here."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.cli.entry import straight
from hitless.cli.remote import RemoteRun, There, hitless_there, ssh_command, there
from hitless.domain.errors import HostUnreachable, ToolMissing, UsageError

PLACE = There("deploy@server")


def test_a_machine_may_be_named_with_a_directory() -> None:
    assert there("deploy@server") == PLACE
    assert there("deploy@server:/srv/my shop") == There("deploy@server", "/srv/my shop")


@pytest.mark.parametrize("host", ["-oProxyCommand=evil", ":/srv", ""])
def test_what_ssh_would_take_for_an_option_is_no_machine(host: str) -> None:
    with pytest.raises(UsageError, match="is no machine"):
        there(host)


def test_the_command_line_is_told_from_its_parts() -> None:
    words = hitless_there(("deploy", "v1"), "k1", "https://ci/7")
    assert ssh_command(There("deploy@server", "/srv/my shop"), words, tty=False) == (
        *("ssh", "-o", "BatchMode=yes", "-T", "--", "deploy@server"),
        "cd '/srv/my shop' && env HITLESS_RUN=k1 HITLESS_RUN_URL=https://ci/7 hitless deploy v1",
    )
    assert "-t" in ssh_command(PLACE, words, tty=True)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_every_word_arrives_as_it_is(words: list[str]) -> None:
    line = ssh_command(PLACE, ("x", *words), tty=False)[-1]
    assert shlex.split(line) == ["x", *words]


def test_what_a_shell_makes_of_the_line_is_what_was_meant() -> None:
    words = ("a b", "$HOME", "`id`", "';:", "*", "\n", "--x=$(id)", "ä")
    code = "import sys; print(ascii(sys.argv[1:]))"
    line = ssh_command(PLACE, (sys.executable, "-c", code, *words), tty=False)[-1]
    told = subprocess.run(("sh", "-c", line), capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ascii(list(words))


@pytest.mark.parametrize(("status", "error"), [(255, HostUnreachable), (127, ToolMissing)])
def test_what_ssh_itself_says_is_no_status_of_the_command(
    status: int, error: type[Exception]
) -> None:
    with pytest.raises(error, match="deploy@server"):
        RemoteRun(PLACE, (), (), "")._judged(status)
    assert RemoteRun(PLACE, (), (), "")._judged(75) == 75


def test_no_rollback_goes_straight_in_here_that_is_meant_for_another_machine() -> None:
    assert straight(("rollback",), {}) is not None
    assert straight(("rollback",), {"HITLESS_HOST": "deploy@server"}) is None
