"""The witness of a deploy: a prober that uses the service as users do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.domain.evidence import Evidence
    from hitless.domain.ports import Prober, Reporter
    from hitless.domain.settings import Probe
    from hitless.domain.traffic import Traffic

LABEL = "prober"


class Watch:
    """Starts the prober when there is somebody to ask, and ends it exactly once.

    Args:
        prober: Not started yet.
        reporter: Told when there is something to look at.
        probe: What to ask.
        port: Where users arrive.
        key: Tells the edge's secret, by which probes get through during maintenance.
    """

    def __init__(
        self, prober: Prober, reporter: Reporter, probe: Probe, port: int, key: Callable[[], str]
    ) -> None:
        self._prober = prober
        self._reporter = reporter
        self._probe = probe
        self._port = port
        self._key = key
        self._begun = False

    def begin(self) -> None:
        """Send from now on; no effect when it does already."""
        if not self._begun:
            self._begun = True
            self._prober.start(self._traffic())
            self._reporter.watching(self._prober.snapshot)

    def all(self) -> Evidence:
        """What was seen until now. Raises ProberDied when nothing more will be seen."""
        return self._prober.snapshot()

    def since(self, start: float, end: float) -> Evidence:
        """What was seen from ``start`` to ``end``, in seconds since the epoch.

        Raises:
            ProberDied: when nothing more will be seen.
        """
        return self._prober.snapshot().between(start, end)

    def end(self) -> Evidence | None:
        """All that was seen; None when there was nobody to ask."""
        return self._prober.stop() if self._begun else None

    def _traffic(self) -> Traffic:
        from dataclasses import replace  # noqa: PLC0415  # a rollback sends nothing

        from hitless.deploy.traffic import traffic  # noqa: PLC0415

        return replace(traffic(self._probe, self._port), label=LABEL, key=self._key())
