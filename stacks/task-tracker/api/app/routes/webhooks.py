"""Webhooks: other systems post here; nothing outside Postgres is needed to accept."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response

from app import messages
from app.bus import EVENTS, OUTBOX
from app.context import Context, Here
from app.errors import WrongTokenError
from app.schemas import Accepted, TelegramMessage, TelegramUpdate, WebhookIn
from app.tokens import digest, matches

router = APIRouter(prefix="/webhook")

TELEGRAM_LIMIT = 10_000


@router.post("/telegram", status_code=202)
async def receive_telegram(
    here: Here,
    update: TelegramUpdate,
    response: Response,
    x_telegram_bot_api_secret_token: Annotated[str, Header()] = "",
) -> Accepted:
    """Take in a Telegram update; Telegram repeats it until it is answered."""
    post = update.message or update.channel_post
    message = _from_telegram(update.update_id, post) if post else None
    token = x_telegram_bot_api_secret_token
    if message is None:
        await _authorise(here, "telegram", token)
        response.status_code = 200
        return Accepted(id=None, duplicate=False)
    return await _accept(here, "telegram", token, message, response)


@router.post("/{source}", status_code=202)
async def receive(
    here: Here,
    source: str,
    message: WebhookIn,
    response: Response,
    x_webhook_token: Annotated[str, Header()] = "",
) -> Accepted:
    """Take in a message from a source with a token."""
    return await _accept(here, source, x_webhook_token, message, response)


async def _accept(
    here: Context, source: str, token: str, message: WebhookIn, response: Response
) -> Accepted:
    source_id = await _authorise(here, source, token)
    async with here.database.transaction() as connection:
        message_id, is_new = await messages.take_in(connection, source_id, message)
    if is_new:
        await here.announce(EVENTS, OUTBOX)
    else:
        response.status_code = 200
    return Accepted(id=message_id, duplicate=not is_new)


async def _authorise(here: Context, source: str, token: str) -> int:
    async with here.database.reading() as connection:
        row = await messages.find_source(connection, source.replace("\0", ""))
    configured = here.settings.source_token(row.name)
    expected = row.token_hash or (digest(configured) if configured else None)
    if expected is None or not matches(token, expected):
        raise WrongTokenError(f'the token of source "{source}" is missing or wrong')
    source_id: int = row.id
    return source_id


def _from_telegram(update_id: int, post: TelegramMessage) -> WebhookIn | None:
    content = (post.text or post.caption).strip()
    if not content:
        return None
    return WebhookIn(
        external_id=str(update_id),
        content=content[:TELEGRAM_LIMIT],
        author=(post.sender.first_name or post.sender.username)[:200],
        sent_at=datetime.fromtimestamp(post.date, UTC) if post.date else None,
    )
