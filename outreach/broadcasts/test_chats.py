"""Binds a member of staff to the Telegram chat to which their test messages go.

The link to the bot carries the user's number and the time, signed, within what Telegram lets through: 64 of
``A-Z a-z 0-9 _ -``. It is good for an hour.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from outreach.audience.addresses import decrypt, encrypt, normalised
from outreach.audience.choices import ChannelName
from outreach.audience.erasure import Person

from .models import TestChat

PREFIX = "staff-"
LASTS = timedelta(hours=1)
_PAYLOAD = re.compile(rf"{PREFIX}(\d{{1,10}})-(\d{{1,11}})-([0-9a-f]{{32}})")


class BindingRefused(Exception):
    """The link is forged, cut off or too old, or its user may not work here any more."""


def start_payload(*, user: User, now: datetime) -> str:
    """What the bot is to be started with so that the chat becomes ``user``'s."""
    return _signed(user.pk, int(now.timestamp()))


def binding_link(*, user: User, now: datetime) -> str:
    """The address that opens the bot for :func:`start_payload`."""
    payload = urlencode({"source": start_payload(user=user, now=now)})
    return f"{settings.SITE_URL}{reverse('telegram_start')}?{payload}"


def bind(*, payload: str, chat: int, now: datetime) -> TestChat:
    """Let tests of the user whom ``payload`` names go to ``chat``; raises :class:`BindingRefused`."""
    found = _PAYLOAD.fullmatch(payload)
    if not found:
        raise BindingRefused
    number, signed_at = int(found[1]), int(found[2])
    age = now.timestamp() - signed_at
    if not constant_time_compare(payload, _signed(number, signed_at)) or not 0 <= age <= LASTS.total_seconds():
        raise BindingRefused
    user = User.objects.filter(pk=number, is_active=True).first()
    if user is None or not user.has_perm("wagtailadmin.access_admin"):
        raise BindingRefused
    address = encrypt(normalised(channel=ChannelName.TELEGRAM, address=str(chat)))
    bound, _made = TestChat.objects.update_or_create(
        user=user, defaults={"address_encrypted": address, "bound_at": now}
    )
    return bound


def _signed(number: int, signed_at: int) -> str:
    content = f"{PREFIX}{number}-{signed_at}"
    return f"{content}-{salted_hmac('outreach.test-chat', content, algorithm='sha256').hexdigest()[:32]}"


def forget(people: Sequence[Person], *, now: datetime) -> tuple[()]:
    """Unbind the chats of people who are erased: whoever works here binds theirs again in one click."""
    chats = {address for person in people for address in person.on(ChannelName.TELEGRAM)}
    if chats:
        bound = TestChat.objects.values_list("pk", "address_encrypted")
        TestChat.objects.filter(pk__in=[pk for pk, encrypted in bound if _read(encrypted) in chats]).delete()
    return ()


def _read(encrypted: str) -> str:
    try:
        return decrypt(encrypted)
    except InvalidToken:
        return ""
