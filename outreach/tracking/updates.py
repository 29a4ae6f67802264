"""How updates of the bot come in: read by the worker, or posted by Telegram to the webhook.

Read ones are handled once: the cursor moves in the transaction that acts on an update. Posted ones may come again when
Telegram missed our answer, and out of order, so no cursor may drop any: handling one twice changes nothing more.
"""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.urls import reverse
from django.utils.translation import override
from telegram import Update

from outreach.channels.failures import ChannelError
from outreach.channels.telegram_client import BotClient

from . import bot
from .conversation import commands, interface_languages
from .models import UpdateCursor

logger = logging.getLogger(__name__)


def poll(*, client: BotClient, now: datetime, timeout: int = 0) -> int:
    """Handle what happened since the last time, waiting up to ``timeout`` seconds for it; returns how many updates.

    An update that can't be handled is logged by its number and passed over, so that it holds up nobody else.
    """
    cursor, _made = UpdateCursor.objects.get_or_create(bot=settings.TELEGRAM_BOT_TOKEN.partition(":")[0])
    try:
        updates = client.get_updates(offset=cursor.next_update, timeout=timeout)
    except ChannelError as error:
        logger.warning("updates can't be read now (%s)", type(error).__name__)
        return 0
    for update in updates:
        try:
            with transaction.atomic():
                answer = bot.answers(update, now=now) if _moved(cursor, update) else None
        except OperationalError:
            # The database is at fault, not the update: it waits.
            raise
        except Exception:
            logger.exception("update %d was passed over", update.update_id)
            _moved(cursor, update)
            continue
        bot.give(answer, update=update, client=client)
    return len(updates)


def receive(*, payload: Any, client: BotClient, now: datetime) -> None:
    """Handle one update that Telegram posted; raises ``ValueError`` for what is none.

    An update that can't be handled is logged by its number, or Telegram would send it for ever and nothing after it.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("update_id"), int):
        raise ValueError("This is not an update of the Bot API.")
    update = client.parse_update(payload)
    try:
        bot.handle(update, client=client, now=now)
    except OperationalError:
        raise
    except Exception:
        logger.exception("update %d was passed over", update.update_id)


def _moved(cursor: UpdateCursor, update: Update) -> bool:
    """Move the cursor past the update, unless another worker did; the row stays locked until the transaction ends."""
    behind = UpdateCursor.objects.filter(pk=cursor.pk, next_update__lte=update.update_id)
    return bool(behind.update(next_update=update.update_id + 1))


def introduce(*, client: BotClient) -> None:
    """Tell Telegram which commands the bot offers, in each language that it speaks, and how updates are to come in."""
    for language in interface_languages():
        with override(language):
            client.set_commands(commands=commands(), language="" if language == settings.LANGUAGE_CODE else language)
    if settings.TELEGRAM_WEBHOOK_SECRET:
        address = settings.SITE_URL + reverse("telegram_webhook")
        client.set_webhook(url=address, secret=settings.TELEGRAM_WEBHOOK_SECRET)
    else:
        client.delete_webhook()
