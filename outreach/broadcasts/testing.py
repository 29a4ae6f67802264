"""Test messages: what a receiver would get, sent through the real channel to whoever asks, counted nowhere."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.audience.addresses import decrypt
from outreach.audience.choices import ChannelName
from outreach.channels.failures import ChannelError
from outreach.channels.protocol import Outgoing
from outreach.channels.registry import channel

from .history import record
from .models import Message, TestChat
from .refusals import NoTestAddress, TestNotSent
from .rendering import Built, LinkAddresses, build, personalise
from .test_chats import binding_link


def send_test(*, message: Message, user: User, now: datetime) -> str:
    """Send ``message`` to ``user``; where it went, in words.

    Raises ``NoTestAddress`` where there is no place to send it to, ``UnfitMessage`` where the text can't be sent, and
    ``TestNotSent`` with the provider's answer where it was not taken.
    """
    address = _address(message.channel, user, now)
    copy = plain(build(message))
    with override(message.language):
        mark = _("[Test]")
    is_mail = message.channel == ChannelName.EMAIL
    leaving = test_leave_address(message.language)
    outgoing = Outgoing(
        address=address,
        subject=f"{mark} {copy.subject}",
        text=copy.text if is_mail else f"{mark} {copy.text}",
        html=copy.html,
        message_id=f"test.{uuid4().hex}@{settings.SITE_URL.split('://')[1].split('/')[0].split(':')[0]}",
        language=copy.language,
        button=copy.buttons[0] if copy.buttons else None,
        headers={"List-Unsubscribe": f"<{leaving}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    session = channel(message.channel).open()
    try:
        session.send(outgoing)
    except ChannelError as failure:
        raise TestNotSent(_("The test was not sent: %(answer)s") % {"answer": failure}) from failure
    finally:
        session.close()
    record(broadcast=message.broadcast, action="test", user=user, now=now, detail=str(message))
    return address if is_mail else _("your Telegram chat")


def plain(built: Built) -> Built:
    """A copy that is nobody's: its links are not tracked, and leaving from it leads to a page that says so."""
    return personalise(built, LinkAddresses(clicks=built.links, unsubscribe=test_leave_address(built.language)))


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
