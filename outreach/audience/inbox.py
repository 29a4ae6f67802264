"""How often one inbox may be mailed because somebody typed its address on the site, whichever form it was.

An inbox has many addresses: what follows a "+" is for its owner alone, and Gmail passes over dots. They are counted
together, in rows of :class:`~outreach.audience.models.JoinAttempts`, one for each mail, that hold a keyed hash and the
moment of the mail (UTC). What people are known by, and written to, stays the address as they typed it.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from .addresses import HASH_KEY_NAME, hash_key
from .models import JoinAttempts, KeyedSecret, Subscription

MAILS_PER_DAY = 3
APART = timedelta(minutes=10)
DAY = timedelta(days=1)
MARK = "inbox:"
"""What the bucket of an inbox begins with; those of forms and networks are hexadecimal."""
GMAIL = {"gmail.com", "googlemail.com"}


def soonest(*, subscription: Subscription, now: datetime) -> datetime:
    """When the next mail may go to this inbox (UTC): :data:`APART` after the last, :data:`MAILS_PER_DAY` in 24 hours.

    Mails to confirm and fresh links count together, and so do all addresses of the inbox.
    """
    return _soonest(_bucket(subscription.address), now)


@contextmanager
def place(*, subscription: Subscription, now: datetime) -> Iterator[datetime]:
    """Count the mail that is sent within; a failure there counts nothing.

    Gives the moment (UTC) at which the inbox may be mailed: where that is after ``now``, nothing is counted and nothing
    may be sent. Any number of workers may ask at once.
    """
    bucket = _bucket(subscription.address)
    with transaction.atomic():
        # Two workers with two addresses of one inbox wait for each other here.
        KeyedSecret.objects.select_for_update().get(name=HASH_KEY_NAME)
        free = _soonest(bucket, now)
        if free <= now:
            JoinAttempts.objects.create(bucket=bucket, window=now, count=1)
    try:
        yield free
    except BaseException:
        if free <= now:
            JoinAttempts.objects.filter(bucket=bucket, window=now).delete()
        raise


def forget(*, now: datetime) -> int:
    """Remove the mails that count for no limit any more; returns how many."""
    return JoinAttempts.objects.filter(bucket__startswith=MARK, window__lte=now - DAY).delete()[0]


def inbox_of(address: str) -> str:
    """One way to write all addresses of the inbox behind a normalised e-mail address."""
    local_part, _at, domain = address.lower().rpartition("@")
    name = local_part.partition("+")[0] or local_part
    if domain in GMAIL:
        return f"{name.replace('.', '')}@gmail.com"
    return f"{name}@{domain}"


def _bucket(address: str) -> str:
    digest = hmac.new(hash_key(), f"inbox:{inbox_of(address)}".encode(), hashlib.sha256).digest()
    return MARK + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _soonest(bucket: str, now: datetime) -> datetime:
    recent = JoinAttempts.objects.filter(bucket=bucket, window__gt=now - DAY).order_by("-window")
    sent = list(recent.values_list("window", flat=True)[:MAILS_PER_DAY])
    earliest = now
    if sent:
        earliest = max(earliest, sent[0] + APART)
    if len(sent) >= MAILS_PER_DAY:
        earliest = max(earliest, sent[MAILS_PER_DAY - 1] + DAY)
    return earliest
