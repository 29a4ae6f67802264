"""Asks people through the bot whether they want to stay, of whom nothing was heard for long. Times are UTC.

Any answer to the bot makes them active; the button is there so that nothing need be written.
"""

import logging
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import QuerySet
from django.utils.translation import override

from outreach.audience import subscriptions
from outreach.audience.choices import ChannelName
from outreach.audience.confirmation import LEASE
from outreach.audience.inactivity import STAY
from outreach.audience.models import JoinRequest
from outreach.channels.failures import AddressDead, ChannelError, TryLater
from outreach.channels.telegram_client import Keyboard

from . import conversation

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=6)


class Sends(Protocol):
    """What a bot has to be able to do here."""

    def send_message(self, *, chat: int | str, html: str, keyboard: Keyboard = ()) -> int:
        """Send a message; returns its number."""


def due(*, now: datetime) -> "QuerySet[JoinRequest]":
    """The questions that are to go out now, the oldest first."""
    asked = JoinRequest.objects.filter(method=STAY, subscription__channel=ChannelName.TELEGRAM, due_at__lte=now)
    return asked.select_related("subscription").order_by("due_at", "id")


def ask(*, client: Sends, now: datetime, limit: int = 20) -> int:
    """Ask up to ``limit`` people; returns how many questions were taken.

    Each is claimed by moving its due time, so any number of workers may do this. One that does not go out is tried
    again after six hours; somebody who blocked the bot gets nothing any more.
    """
    sent = 0
    for question in list(due(now=now)[:limit]):
        again = now + LEASE
        if not JoinRequest.objects.filter(pk=question.pk, due_at=question.due_at).update(due_at=again):
            continue
        try:
            _send(client, question)
        except AddressDead:
            subscriptions.stop(subscription=question.subscription, now=now)
        except ChannelError as error:
            logger.warning("question %d was not taken (%s)", question.pk, type(error).__name__)
            JoinRequest.objects.filter(pk=question.pk, due_at=again).update(due_at=now + AGAIN_AFTER)
            if isinstance(error, TryLater):
                break
        else:
            sent += JoinRequest.objects.filter(pk=question.pk).update(due_at=None, sent_at=now, mails=1)
    return sent


def _send(client: Sends, question: JoinRequest) -> None:
    with override(question.language):
        said = conversation.stay()
    client.send_message(chat=question.subscription.address, html=said.html, keyboard=said.keyboard)
