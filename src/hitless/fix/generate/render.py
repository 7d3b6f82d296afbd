"""Templates with ``<{ }>`` and ``<% %>``: GitHub, Prometheus and the shell need theirs."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """The text of a template; a value that it needs and does not get is an error."""
    return _environment().get_template(template).render(**values)


def workflow(template: str, **values: Any) -> str:
    """A workflow; blank lines stand between its jobs only."""
    text = re.sub(r"\n\n+(?=\n|      )", "\n", render(template, **values))
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


def pinned(action: str) -> str:
    """An action at the commit that was reviewed, with its tag as a comment.

    Raises:
        KeyError: for an action that is not in the table.
    """
    one = actions()[action]
    return f"{action}@{one['sha']} # {one['tag']}"


@cache
def actions() -> Mapping[str, Mapping[str, str]]:
    """The table of reviewed actions."""
    text = resources("hitless.fix.generate").joinpath("actions.toml").read_text("utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)
    return found


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # 60 ms

    made = Environment(
        loader=PackageLoader("hitless.fix", "templates"),
        variable_start_string="<{",
        variable_end_string="}>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # YAML and shell, not HTML
    )
    made.filters["text"] = _text
    made.filters["below"] = _below
    made.globals["pinned"] = pinned
    return made


def _text(value: object) -> str:
    """A scalar that YAML reads as this text; JSON is YAML."""
    return json.dumps(str(value), ensure_ascii=False)


def _below(lines: str) -> str:
    """Lines of a macro below the line before; nothing at all when it has none."""
    return f"\n{lines.rstrip()}" if lines.strip() else ""
