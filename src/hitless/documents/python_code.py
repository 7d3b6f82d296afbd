"""Python as a program: what is said in it is not what it does."""

from __future__ import annotations

import re

# The lexical analysis of the language reference, as far as it is about strings and comments.
# The standard library's tokenizer takes six times as long, and some of the files are no Python.
SAID = r"""(?xs)
    (?: (?<!\w) [rbfu]{1,2} )?            # of a string, in any case
    (?: (\"{3}|'{3}) (?:\\.|(?!\1).)* \1  # over several lines
      | "(?:\\.|[^"\\\n])*"
      | '(?:\\.|[^'\\\n])*'
    )
  | \#[^\n]*
"""


def code(text: str) -> str:
    """The text with spaces in place of what its comments and strings hold.

    Lines stay where they are. What is no Python may come back as it is.
    """
    return re.sub(SAID, _blank, text, flags=re.IGNORECASE)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"\S", " ", found[0])
