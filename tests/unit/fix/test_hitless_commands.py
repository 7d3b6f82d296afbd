"""What generated workflows and pages tell Hitless to do is what Hitless can do."""

from __future__ import annotations

import importlib
import re
import shlex

import click
import pytest

from hitless.cli.main import COMMANDS
from testing.generated import CASES, made

LATER = "rehearse"  # held by its own tests once it is there


def said(case: str) -> list[list[str]]:
    """The words after ``hitless`` in workflows and in the pages' blocks, options of it left out."""
    found = []
    for path, text in made(case).items():
        if path.endswith((".yml", ".md")):
            for line in re.findall(r"^\s*(?:run: )?hitless ([^#|\n]+)", text, re.MULTILINE):
                words = shlex.split(line)
                found.append(words[2:] if words[0] == "--host" else words)
    return found


@pytest.mark.parametrize("case", [one for one in CASES if one not in ("go-binary", "node-only")])
def test_every_command_and_option_exists(case: str) -> None:
    lines = said(case)
    assert len(lines) > 5
    for name, *words in lines:
        if name == LATER and name not in COMMANDS:
            continue
        command: click.Command = importlib.import_module(f"hitless.cli.{COMMANDS[name][0]}").command
        # It refuses options and words that it does not know.
        command.parse_args(click.Context(command, info_name=name), list(words))


def test_an_option_that_does_not_exist_would_be_noticed() -> None:
    command: click.Command = importlib.import_module("hitless.cli.deploy").command
    with pytest.raises(click.UsageError):
        command.parse_args(click.Context(command, info_name="deploy"), ["--nope"])
