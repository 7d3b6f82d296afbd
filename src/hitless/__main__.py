"""``python -m hitless``."""

from hitless.cli.entry import run

run()
