"""What the bot says to people about what is kept of them: their consents, their data, and erasing both.

Each question is a :class:`~.conversation.Said`, in the language in use.
"""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from outreach.audience import personal_data
from outreach.audience.choices import Purpose
from outreach.audience.models import Subscriber, Subscription
from outreach.audience.wording import words
from outreach.channels.telegram_client import Button

from .conversation import File, Said, mark, paragraphs

ASKED = (Purpose.GENDER_STATISTICS, Purpose.CLICK_TRACKING)
"""What somebody on Telegram can agree to beside the messages themselves: the bot never learns who opens what."""

MOST_ENTRIES = 30
"""Of the ledger, so that a message stays below Telegram's 4,096 characters."""


def consents(subscription: Subscription) -> Said:
    """What the person agreed to, in the words of today, each with a button that changes it."""
    lines = [f"✓ {words(Purpose.MESSAGES)}"]
    buttons = []
    for purpose in ASKED:
        granted = subscription.allows(purpose)
        lines.append(f"{'✓' if granted else '✗'} {words(purpose)}")
        wish = "0" if granted else f"1:{mark(purpose)}"
        buttons.append([Button(_offer(purpose, granted), f"allow:{purpose.value}:{wish}")])
    html = paragraphs(
        _("This is what you agreed to (✓) and what you did not (✗)."),
        *lines,
        _("We keep the number of this chat and what you told us. Send /mydata to see it, /erase to have it erased."),
        head=_("Your privacy"),
    )
    return Said(html, [*buttons, [Button(_("Leave"), "leave:")]])


def _offer(purpose: Purpose, granted: bool) -> str:
    offers = {
        (Purpose.GENDER_STATISTICS, False): _("You may count my gender"),
        (Purpose.GENDER_STATISTICS, True): _("Forget my gender"),
        (Purpose.CLICK_TRACKING, False): _("You may record my links"),
        (Purpose.CLICK_TRACKING, True): _("Do not record my links"),
    }
    return offers[purpose, granted]


def nothing_kept() -> Said:
    """Somebody asks for their data of whom nothing is kept."""
    return Said(paragraphs(_("We keep nothing about this chat.")))


def data(subscription: Subscription) -> Said:
    """What is kept of the person, on all their channels: in short as a text, and whole as a file."""
    subscriber = subscription.subscriber
    topics = [str(settings.TOPICS[each.topic]) for each in subscriber.topics.all() if each.topic in settings.TOPICS]
    said = [
        (_("Language"), subscriber.get_language_display()),
        (_("Group"), subscriber.get_group_display()),
        (_("Gender"), subscriber.get_gender_display()),
        (_("Parish"), subscriber.get_parish_display()),
        (_("Topics"), ", ".join(topics) or _("Everything")),
        (_("How often"), subscriber.get_frequency_display()),
        (_("Joined"), _day(subscriber.joined_at)),
        (_("Came by"), subscriber.source or "–"),
    ]
    ways = [
        f"{each.get_channel_display()}: {each.address} ({each.get_state_display()})"
        for each in subscriber.subscriptions.order_by("pk")
    ]
    return Said(
        paragraphs(
            "\n".join(f"{name}: {value}" for name, value in said),
            "\n".join([_("Where we write to:"), *ways]),
            "\n".join([_("What you agreed to, the newest last:"), *_ledger(subscriber)]),
            _("Messages that we sent you: %(number)d") % {"number": subscriber.deliveries.count()},
            _("The file that follows holds all of it, with each message and the words that you agreed to."),
            head=_("Everything we keep of you"),
        ),
        file=File(personal_data.FILE_NAME, personal_data.file(subscriber=subscriber)),
    )


def _ledger(subscriber: Subscriber) -> list[str]:
    newest = list(subscriber.consents.order_by("-id")[:MOST_ENTRIES])
    return [
        f"{_day(entry.given_at)} {'✓' if entry.granted else '✗'} {entry.get_channel_display()}: "
        f"{entry.get_purpose_display()} ({entry.wording_version})"
        for entry in reversed(newest)
    ]


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


def ask_to_erase() -> Said:
    """What erasing takes away and what stays, and a button that does it."""
    return Said(
        paragraphs(
            _("The number of this chat, your answers and what you agreed to are erased. This can not be undone."),
            _("Totals that we published stay: nobody can be found in them."),
            _("A scrambled form of the chat's number stays, so that no list brings you back. /start does."),
            head=_("Erase everything about you?"),
        ),
        [[Button(_("Yes, erase me"), "erase:")], [Button(_("No, keep it"), "keep:")]],
    )


def erased() -> Said:
    """It is done. To write it into the chat would be to keep the chat's number once more."""
    return Said("", notice=_("Everything about you is erased."))


def spared() -> Said:
    """The person changed their mind about erasing."""
    return Said(paragraphs(_("All right: nothing was erased.")))
