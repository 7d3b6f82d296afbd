"""One JSON object a line on standard output, with the release on each."""

import logging
import sys
from typing import Any

import structlog

from app.release import Release


def configure_logs(release: Release) -> None:
    """Send structlog's and the libraries' messages through the same renderer."""
    identity = {"version": release.version, "slot": release.slot, "release": release.release}

    def identify(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event.update({key: value for key, value in identity.items() if value})
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        identify,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for own in ("uvicorn", "uvicorn.error"):
        logging.getLogger(own).handlers.clear()
        logging.getLogger(own).propagate = True
    for noisy in ("uvicorn.access", "taskiq.receiver.receiver", "nats"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
