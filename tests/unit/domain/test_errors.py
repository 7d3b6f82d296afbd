"""The tree of errors in its docstring is the tree of errors."""

from __future__ import annotations

import inspect

from hitless.domain import errors
from hitless.domain.errors import HitlessError


def tree() -> list[type[HitlessError]]:
    found = [e for _, e in inspect.getmembers(errors, inspect.isclass)]
    return [e for e in found if issubclass(e, HitlessError)]


def test_every_error_stands_in_the_drawn_tree_with_its_exit_status() -> None:
    drawn = {}
    status = ""
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("│", " ").replace("├──", " ").replace("└──", " ").split()
        if words and hasattr(errors, words[0]):
            if "exit" in words:
                status = words[words.index("exit") + 1].rstrip(",")
            drawn[words[0]] = int(status or 1)
    told = {e.__name__: e.exit_status for e in tree()}
    assert drawn == told


def test_no_two_errors_share_a_code() -> None:
    codes = [e.code for e in tree()]
    assert len(set(codes)) == len(codes)


def test_every_error_says_what_it_means() -> None:
    for error in tree():
        assert error.__doc__
        assert error.__doc__.strip().endswith(".")
