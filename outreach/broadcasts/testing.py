"""Test messages: what a receiver would get, sent through the real channel to whoever asks, counted nowhere."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.audience.addresses import decrypt
from outreach.audience.choices import ChannelName
from outreach.channels.built import Built, LinkAddresses, personalise
from outreach.channels.failures import ChannelError
from outreach.channels.protocol import Outgoing
from outreach.channels.registry import channel
from outreach.channels.single import send_one

from .history import record
from .models import Message, TestChat
from .refusals import NoTestAddress, TestNotSent
from .rendering import build
from .rendering.telegram import characters, most_characters
from .test_chats import binding_link


def send_test(*, message: Message, user: User, now: datetime) -> str:
    """Send ``message`` to ``user``; where it went, in words.

    Raises ``NoTestAddress`` where there is no place to send it to, ``UnfitMessage`` where the text can't be sent, and
    ``TestNotSent`` with the provider's answer where it was not taken.
    """
    address = _address(message.channel, user, now)
    built = _marked(build(message))
    links = _nobodys(built, view=preview_address(message))
    outgoing = Outgoing(
        address=address,
        built=built,
        links=links,
        message_id=f"test.{uuid4().hex}@{settings.SITE_URL.split('://')[1].split('/')[0].split(':')[0]}",
    )
    try:
        send_one(channel=channel(message.channel), outgoing=outgoing)
    except ChannelError as failure:
        raise TestNotSent(_("The test was not sent: %(answer)s") % {"answer": failure}) from failure
    record(broadcast=message.broadcast, action="test", user=user, now=now, cells=[message])
    return address if message.channel == ChannelName.EMAIL else _("your Telegram chat")


def plain(built: Built, *, view: str) -> Built:
    """A copy that is nobody's: its links are not tracked, and leaving from it leads to a page that says so.

    ``view`` is what it opens in the browser: before sending began, no public page can be opened.
    """
    return personalise(built, _nobodys(built, view=view))


def _nobodys(built: Built, *, view: str) -> LinkAddresses:
    return LinkAddresses(clicks=built.links, unsubscribe=test_leave_address(built.language), view=view)


def preview_address(message: Message) -> str:
    """Where the team sees the message as its receiver does."""
    place = [message.broadcast_id, message.channel, message.language]
    return settings.SITE_URL + reverse("broadcasts:preview", args=place)


def _marked(built: Built) -> Built:
    """The message that says of itself that it is a test, where its receiver sees it first."""
    with override(built.language):
        mark = _("[Test]")
    if built.channel == ChannelName.EMAIL:
        return replace(built, subject=f"{mark} {built.subject}")
    marked = f"{mark} {built.text}"
    # A text that just fits goes without it, rather than not at all.
    return replace(built, text=marked) if characters(marked) <= most_characters(built) else built


def test_leave_address(language: str) -> str:
    """Where a test's link to leave leads."""
    return settings.SITE_URL + reverse("test_leave", args=[language])


def _address(name: str, user: User, now: datetime) -> str:
    if name == ChannelName.EMAIL:
        if not user.email:
            raise NoTestAddress(
                _("Your account has no e-mail address to send a test to."), address=reverse("wagtailadmin_account")
            )
        return user.email
    chat = TestChat.objects.filter(user=user).first()
    if chat is None:
        raise NoTestAddress(
            _("No Telegram chat of yours is known: open the bot with this link once, then send the test again."),
            address=binding_link(user=user, now=now),
        )
    return decrypt(chat.address_encrypted)
