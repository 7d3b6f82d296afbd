"""The reference is what the code says, and nothing is left out of the other pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from hitless.cli.main import COMMANDS, main
from tools.reference import commands, configuration, environment, errors
from tools.reference.pages import PAGES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GUIDES = sorted([*DOCS.glob("tutorial/*.md"), *DOCS.glob("howto/*.md"), ROOT / "README.md"])
TEXTS = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
# Told by the reference alone: a guide would not help anybody to use them.
NO_GUIDE = {"completion", "--help", "--version"}


def _options() -> list[tuple[str, str]]:
    """Every command's full name with each of its long options."""
    context = click.Context(main, info_name="hitless")
    found = [("hitless", option) for option in _long(main)]
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        members = command.commands if isinstance(command, click.Group) else {"": command}
        for inner, member in members.items():
            path = f"hitless {name} {inner}".strip()
            found += [(path, option) for option in _long(member)]
    return found


def _long(command: click.Command) -> list[str]:
    options = [p for p in command.params if isinstance(p, click.Option)]
    return [name for option in options for name in option.opts if name.startswith("--")]


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_the_code_makes_it(name: str) -> None:
    assert (DOCS / "reference" / name).read_text() == PAGES[name](), 'renew it with "make gen"'


@pytest.mark.parametrize(("command", "option"), _options())
def test_an_option_is_in_the_reference(command: str, option: str) -> None:
    texts = dict(commands.helps())
    assert option in texts[command]


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - NO_GUIDE))
def test_a_command_is_used_in_a_guide(name: str) -> None:
    used = re.compile(rf"hitless {name}\b")
    assert any(used.search(page.read_text()) for page in GUIDES)


@pytest.mark.parametrize("key", sorted({key for _, key in configuration.all_keys()}))
def test_a_key_is_in_the_reference(key: str) -> None:
    assert f"| `{key}` |" in configuration.page()


@pytest.mark.parametrize("error", [c for c in errors.classes() if c.code != "E000"])
def test_an_error_is_in_the_reference_and_in_the_tree(error: type) -> None:
    row = f"| `{error.code}` | {error.__name__} | {error.exit_status} |"  # type: ignore[attr-defined]
    page = errors.page()
    assert row in page
    assert re.search(rf"\b{error.__name__}\b", page.partition("## The tree")[2])


def test_every_variable_that_the_code_reads_is_in_the_reference() -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "src/hitless").rglob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', source))
    read |= set(re.findall(r'envvar="(\w+)"', source))
    set_here = set(re.findall(r'"(HITLESS_\w+)":', source))
    page = environment.page()
    assert read
    assert set_here
    assert [name for name in sorted(read | set_here) if f"`{name}`" not in page] == []


def _words_to_avoid() -> list[str]:
    rows = [row.split("|") for row in (DOCS / "glossary.md").read_text().splitlines() if "|" in row]
    words = [word.strip() for row in rows[2:] for word in row[3].split(",")]
    return [word for word in words if word]


def test_the_glossary_names_words_to_avoid() -> None:
    assert {"rollout", "flip", "standby"} <= set(_words_to_avoid())


@pytest.mark.parametrize("word", _words_to_avoid())
def test_a_word_that_the_glossary_avoids_is_not_used(word: str) -> None:
    # What kubectl calls its commands is not ours to choose.
    start = r"(?<![-\w./])(?<!kubectl )"
    used = re.compile(rf"{start}{word}(?:s|ped|ed|ping|ing)?\b(?!\.py)", re.IGNORECASE)
    # Rules speak of other people's files, in the words of Dockerfiles and workflows.
    texts = {p.name: p.read_text() for p in TEXTS if p.name not in ("glossary.md", "rules.md")}
    texts |= dict(commands.helps())
    assert [name for name, text in texts.items() if used.search(text)] == []


def test_the_website_builds_and_every_link_in_it_resolves(tmp_path: Path) -> None:
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    shutil.copytree(DOCS, tmp_path / "docs")
    zensical = Path(sys.executable).parent / "zensical"
    command = (str(zensical), "build", "--strict")
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    pages = {p.relative_to(DOCS).with_suffix("").as_posix() for p in DOCS.rglob("*.md")}
    for page in pages:
        place = page.removesuffix("index").rstrip("/")
        assert (tmp_path / "site" / place / "index.html").is_file(), f"{page} is not in the site"


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
def test_links_of_a_page_outside_the_website_resolve(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    links += re.findall(r'(?:src|href)="([^"#]+)"', page.read_text())
    assert links
    assert [one for one in links if "://" not in one and not (ROOT / one).exists()] == []


def test_every_page_is_in_the_navigation() -> None:
    named = (ROOT / "mkdocs.yml").read_text()
    pages = [p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")]
    assert [page for page in pages if page not in named] == []
