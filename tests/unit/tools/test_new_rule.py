"""A rule begun by the tool is one that the registry takes, and is not done yet."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from hitless.audit.registry import HOME, SECTIONS, Rule, rules
from tools import new_rule

if TYPE_CHECKING:
    from pathlib import Path


def made(text: str, slug: str, directory: Path) -> Rule:
    file = directory / f"{slug}.py"
    file.write_text(text)
    spec = importlib.util.spec_from_file_location(slug, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule = getattr(module, slug)
    assert isinstance(rule, Rule)
    return rule


@pytest.mark.parametrize("folder", sorted(new_rule.FOLDERS))
def test_what_it_writes_is_a_rule_with_a_free_id_and_every_section(
    folder: str, tmp_path: Path
) -> None:
    identifier = new_rule.free(new_rule.FOLDERS[folder][0], rules())
    assert identifier not in {one.id for one in rules()}
    rule = made(new_rule.begun(folder, "no_such_thing", identifier), "no_such_thing", tmp_path)
    assert (rule.id, rule.slug, rule.title) == (identifier, "no_such_thing", "No such thing")
    assert [name for name in SECTIONS if not rule.section(name)] == []


def test_every_folder_of_rules_can_be_begun() -> None:
    folders = {one.name for one in HOME.iterdir() if one.is_dir() and one.name[0] != "_"}
    assert folders == set(new_rule.FOLDERS)


@pytest.mark.parametrize(
    "words",
    [[], ["proxy"], ["nowhere", "slug"], ["proxy", "../x"], ["proxy", "static_upstream"]],
)
def test_words_that_are_off_write_nothing(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(HOME.rglob("*.py"))
    assert new_rule.main(words) == 2
    assert ("usage" in capsys.readouterr().out) == (words != ["proxy", "static_upstream"])
    assert sorted(HOME.rglob("*.py")) == before
