"""Python as a program: what is said in it is not what it does."""

from __future__ import annotations

import re

# The lexical analysis of the language reference, as far as it is about strings and comments.
# The standard library's tokenizer takes six times as long, and some of the files are no Python:
# a string that never ends is one up to the end of its line, or of the text, and is not tried again.
SAID = r"""(?xsi)
    (?: (?<!\w) [rbfu]{1,2} )?                                # of a string
    (?: (\"{3}|'{3}) (?:\\.|(?!\1)[^\\])*+ (?: \1 | \\?\Z )  # over several lines
      | "(?:\\.|[^"\\\n])*+ "?
      | '(?:\\.|[^'\\\n])*+ '?
    )
  | \#[^\n]*
"""


def code(text: str) -> str:
    """The text with spaces in place of what its comments and strings hold.

    Lines stay where they are, also of a text that is no Python.
    """
    return re.sub(SAID, _blank, text)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"\S", " ", found[0])
