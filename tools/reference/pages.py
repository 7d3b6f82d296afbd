"""Which page is made by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.reference import (
    commands,
    configuration,
    environment,
    errors,
    files,
    output,
    rules,
    steps,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "configuration.md": configuration.page,
    "errors.md": errors.page,
    "steps.md": steps.page,
    "output.md": output.page,
    "rules.md": rules.page,
    "files.md": files.page,
    "environment.md": environment.page,
}
