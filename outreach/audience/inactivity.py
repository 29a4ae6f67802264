"""When somebody is taken to have gone, and how they are asked before that. Times are UTC.

A person is active when they join, confirm, change what they told us, leave, answer the bot, or follow a link that they
allow us to know as theirs. Whoever did not allow that may read every message without our knowing. So nobody who still
gets messages goes in silence: after 23 months each of their addresses is asked once whether they want to stay, and only
who does not answer for 30 days is erased. Who gets no messages any more is erased after 24 months without a question.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from .models import JoinRequest, Subscriber, Subscription

INACTIVE_KEPT = timedelta(days=730)
ANSWER_WITHIN = timedelta(days=30)
STAY_KEPT = timedelta(days=180)
"""For how long a question stays; who is not erased by then, because their mail can't be sent, is asked anew."""
AT_MOST_ONCE = timedelta(days=1)
MOST_ASKED = 500
"""In one run: mail that nobody expects is sent slowly."""

STAY = "stay"
"""The method of a request that asks whether somebody wants to stay; it changes nothing else."""

ACTIVE = Subscription.State.ACTIVE


def note_activity(*, subscribers: Iterable[int], now: datetime) -> int:
    """Note that these people, by their numbers, were active just now; how many rows that changed.

    A person's row is written at most once a day.
    """
    seen_before = Subscriber.objects.filter(pk__in=set(subscribers), active_at__lt=now - AT_MOST_ONCE)
    return seen_before.update(active_at=now)


def inactive(*, now: datetime) -> "QuerySet[Subscriber]":
    """The people who are to be erased because nothing was heard of them for 24 months."""
    theirs = Subscription.objects.filter(subscriber=OuterRef("pk"), state=ACTIVE)
    silent_since = now - ANSWER_WITHIN
    unanswered = JoinRequest.objects.filter(
        subscription__subscriber=OuterRef("pk"), method=STAY, confirmed_at=None, sent_at__lte=silent_since
    )
    old = Subscriber.objects.filter(active_at__lte=now - INACTIVE_KEPT)
    return old.filter(~Exists(theirs) | Exists(unanswered))


def ask_to_stay(*, now: datetime) -> int:
    """Let people who would be erased in 30 days be asked whether they want to stay; how many questions were made.

    Each is a :class:`~outreach.audience.models.JoinRequest` that goes out like any other, by mail or through the bot.
    """
    nearly = now - INACTIVE_KEPT + ANSWER_WITHIN
    asked = JoinRequest.objects.filter(subscription=OuterRef("pk"), method=STAY)
    to_ask = (
        Subscription.objects.filter(~Exists(asked), state=ACTIVE, subscriber__active_at__lte=nearly)
        .select_related("subscriber")
        .order_by("subscriber__active_at")[:MOST_ASKED]
    )
    questions = [
        JoinRequest(
            subscription=subscription,
            language=subscription.subscriber.language,
            method=STAY,
            asked_at=now,
            due_at=now,
        )
        for subscription in to_ask
    ]
    JoinRequest.objects.bulk_create(questions)
    return len(questions)
