"""What the environment decides; everything else is code."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Seconds = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """Environment variables of api and worker, upper case (`DATABASE_URL`, ...)."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    database_url: str
    nats_url: str = "nats://nats:4222"
    hitless_release: str | None = None
    hitless_slot: str | None = None
    job_timeout: Seconds = 10.0
    """A job that runs longer is cancelled and delivered again."""
    job_concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    drain_notice: Seconds = 0.5
    """From SIGTERM to the closed listener: the time in which `/api/ready` answers 503."""
    source_token_demo: str | None = None
    source_token_telegram: str | None = None

    @property
    def ack_wait(self) -> float:
        """Seconds until JetStream gives an unanswered job to someone else.

        Twice the job time-out: a job that is still running is never started a second time.
        """
        return 2 * self.job_timeout

    def source_token(self, source: str) -> str | None:
        """Return the token of a ready-made source, None when the operator set none."""
        return {"demo": self.source_token_demo, "telegram": self.source_token_telegram}.get(source)
