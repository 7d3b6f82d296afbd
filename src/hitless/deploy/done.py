"""What a finished deploy or rollback has to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hitless.domain.evidence import Evidence
    from hitless.domain.journal import Deploy
    from hitless.domain.release import Release


class Done(NamedTuple):
    """The end of a wish that came true.

    Attributes:
        deploy: The act; None when the release served already.
        release: What serves now.
        evidence: What the prober saw; None when it did not run.
    """

    deploy: Deploy | None
    release: Release
    evidence: Evidence | None = None
