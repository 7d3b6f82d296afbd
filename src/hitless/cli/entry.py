"""The door of the program: every error becomes a message and an exit code.

A plain ``hitless rollback`` goes straight in, because importing click takes longer
than switching users' traffic, and so does a plain ``hitless audit``, which hooks run before
every commit; everything else, and whatever has a word in it that is not known here, is read by
click, which also explains what is wrong with it.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import hitless
from hitless.cli.conventions import BUG_EXIT, CONFIG, INTERRUPT_EXIT
from hitless.cli.terminal import echo, show_error
from hitless.domain.errors import DiskFull, HitlessError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ELSEWHERE = ("HITLESS_HOST", "HITLESS_ENVIRONMENT")
COMPLETION = "_HITLESS_COMPLETE"


class Wish(NamedTuple):
    """A rollback as it was asked for."""

    config: str
    to: str = ""
    wait: bool = False
    message: str = ""
    as_json: bool = False


def run() -> None:
    """The entry point of ``hitless``."""
    output = sys.stdout
    try:
        sys.exit(_run())
    except SystemExit:
        # When the reader of its output has gone, click replaces sys.stdout and ends with 1.
        if sys.stdout is output:
            raise
        _have_no_reader()
    except HitlessError as error:
        show_error(error)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(INTERRUPT_EXIT)
    except BrokenPipeError:
        _have_no_reader()
    except Exception as error:
        if isinstance(error, OSError) and (full := DiskFull.of(error)):
            show_error(full)
            sys.exit(full.exit_status)
        if "--debug" in sys.argv:
            raise
        sys.exit(_report_bug(error))  # a bug: the user gets a report to send


def straight(words: Sequence[str], environ: Mapping[str, str]) -> Wish | None:
    """What a plain rollback asks for; None for all that click shall read."""
    wish = Wish(environ.get("HITLESS_CONFIG") or CONFIG)
    match words:
        case ("-f" | "--config", config, "rollback", *rest):
            wish = wish._replace(config=config)
        case ("rollback", *rest):
            pass
        case _:
            return None
    return _with_options(wish, rest) if is_here(wish.config, environ) else None


def is_here(config: str, environ: Mapping[str, str]) -> bool:
    """Nothing around the words changes what they mean, or makes a mistake of them."""
    elsewhere = COMPLETION in environ or any(map(environ.get, ELSEWHERE))
    return not elsewhere and not Path(config).is_dir()


def _with_options(wish: Wish, words: Sequence[str]) -> Wish | None:
    match words:
        case ():
            return wish
        case ("--wait", *rest):
            return _with_options(wish._replace(wait=True), rest)
        case ("--json", *rest):
            return _with_options(wish._replace(as_json=True), rest)
        case ("--to", to, *rest) if not to.startswith("-"):
            return _with_options(wish._replace(to=to), rest)
        case ("-m" | "--message", message, *rest) if not message.startswith("-"):
            return _with_options(wish._replace(message=message), rest)
        case _:
            return None


def _run() -> int | None:
    words = sys.argv[1:]
    wish = straight(words, os.environ)
    if wish is None:
        return _audited(words[1:]) if words[:1] == ["audit"] else _through_click()
    from hitless.cli.turn_back import turn_back  # noqa: PLC0415  # only a rollback's

    turn_back(
        Path(wish.config).absolute(),
        to=wish.to,
        wait=wish.wait,
        message=wish.message,
        as_json=wish.as_json,
    )
    return None


def _audited(words: Sequence[str]) -> int | None:
    from hitless.cli.audit_words import plain  # noqa: PLC0415  # only an audit's

    asked = plain(words)
    if asked is None or not is_here(os.environ.get("HITLESS_CONFIG") or CONFIG, os.environ):
        return _through_click()
    gc.disable()  # it ends before there is anything to collect
    from hitless.cli.look import look  # noqa: PLC0415  # only an audit's

    return look(asked)


def _through_click() -> int | None:
    from hitless.cli.main import run as through_click  # noqa: PLC0415  # see the module

    return through_click()


def _have_no_reader() -> NoReturn:
    """The reader, such as head, has seen enough: that is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(0)


def _report_bug(error: Exception) -> int:
    """Write what a maintainer needs to a file and tell where it is."""
    import tempfile  # noqa: PLC0415  # only when something is broken
    import traceback  # noqa: PLC0415

    lines = [
        f"hitless {hitless.__version__}, Python {sys.version.split()[0]}, {sys.platform}",
        f"command: {' '.join(sys.argv[1:])}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="hitless-bug-", suffix=".md", delete=False
    ) as file:
        file.write("\n".join(lines))
    echo(f"bug: {type(error).__name__}: {error}", err=True)
    echo(f"hint: please report it with the file {file.name}", err=True)
    return BUG_EXIT
