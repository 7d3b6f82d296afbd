"""Which steps a deploy of a kind consists of; imported when asked, as a rollback needs few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.journal import Kind

if TYPE_CHECKING:
    from hitless.deploy.script import Script
    from hitless.domain.settings import Settings


def script(kind: Kind) -> Script:
    """The story of a kind."""
    if kind is Kind.ROLLBACK:
        from hitless.deploy.turn_back import ROLLBACK  # noqa: PLC0415  # see the module

        return ROLLBACK
    from hitless.deploy.blue_green import DEPLOY  # noqa: PLC0415

    return DEPLOY


def undoable(kind: Kind, settings: Settings) -> Script:
    """The same with the shifts that the settings add: recovery has to know them."""
    if kind is Kind.DEPLOY and settings.strategy.canary:
        from hitless.deploy.blue_green import shifted  # noqa: PLC0415  # see the module

        return shifted(settings)
    return script(kind)
