"""Turns a message into what a channel carries (:class:`~outreach.channels.built.Built`), once per message.

Errors: :class:`~outreach.broadcasts.refusals.UnfitMessage`, with every reason why a message can't be sent as it is.
"""

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Message
from outreach.broadcasts.refusals import UnfitMessage
from outreach.channels.built import Built

from . import email, telegram

__all__ = ["build", "fresh", "frozen", "problems", "tried"]

BUILDERS = {ChannelName.EMAIL.value: email.build, ChannelName.TELEGRAM.value: telegram.build}


def build(message: Message) -> Built:
    """What receivers get: as it was kept when sending began, or built from the text as it stands."""
    if message.rendered is not None:
        return Built(
            channel=message.channel,
            language=message.language,
            subject=message.rendered["subject"],
            text=message.rendered["text"],
            html=message.rendered["html"],
            links=tuple(message.links),
            buttons=tuple((label, address) for label, address in message.rendered["buttons"]),
            picture=message.rendered["picture"],
            picture_alt=message.rendered["picture_alt"],
        )
    return fresh(message)


def fresh(message: Message) -> Built:
    """The message built from its text as it stands; it need not have been saved."""
    return BUILDERS[message.channel](message)


def frozen(built: Built) -> dict[str, object]:
    """What :attr:`Message.rendered` holds, from which :func:`build` makes the same again."""
    return {
        "subject": built.subject,
        "text": built.text,
        "html": built.html,
        "buttons": [list(button) for button in built.buttons],
        "picture": built.picture,
        "picture_alt": built.picture_alt,
    }


def tried(message: Message) -> tuple[Built | None, tuple[str, ...]]:
    """What :func:`build` makes of it; or nothing, and why the message can't be sent as it is, each in a sentence."""
    try:
        return build(message), ()
    except UnfitMessage as error:
        return None, tuple(error.reasons)


def problems(message: Message) -> list[str]:
    """Why the message can't be sent as it is, each in a sentence; empty if it can."""
    return list(tried(message)[1])
