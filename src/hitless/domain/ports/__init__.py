"""What the engine of a deploy needs from the world, as Protocols.

Features receive these; ``hitless.app`` alone knows who implements them. Every
implementation, the in-memory one included, passes the same contract tests.
"""

from hitless.domain.ports.containers import Compose, Engine
from hitless.domain.ports.edge import AccessLog, EdgeFiles, Http, Prober
from hitless.domain.ports.machine import Background, Clock, Host, Lock, Programs
from hitless.domain.ports.people import Interrupts, Notifier, Reporter
from hitless.domain.ports.repository import Checkouts, Files, Scanners
from hitless.domain.ports.store import Store

__all__ = (
    "AccessLog",
    "Background",
    "Checkouts",
    "Clock",
    "Compose",
    "EdgeFiles",
    "Engine",
    "Files",
    "Host",
    "Http",
    "Interrupts",
    "Lock",
    "Notifier",
    "Prober",
    "Programs",
    "Reporter",
    "Scanners",
    "Store",
)
