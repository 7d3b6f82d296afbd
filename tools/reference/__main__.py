"""Write every reference page."""

from __future__ import annotations

from pathlib import Path

from tools.reference.pages import PAGES

DIRECTORY = Path(__file__).parents[2] / "docs/reference"


def main() -> None:
    """Write what is made from code; other files in the directory stay."""
    for name, make in PAGES.items():
        (DIRECTORY / name).write_text(make())


if __name__ == "__main__":
    main()
