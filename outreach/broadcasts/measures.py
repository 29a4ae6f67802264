"""How long the parts of a message are, and how long they should be."""

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from outreach.audience.choices import ChannelName
from outreach.channels.built import Built

from .models import Message
from .rendering.body import Links, cleaned
from .rendering.email import MOST_BYTES, personal_size
from .rendering.telegram import characters, composed, room

LONG_SUBJECT, CUT_SUBJECT = 60, 35
"""In visible characters: most mail programs on a desk show the first number of them, most phones the second."""

SHORT_PREVIEW, LONG_PREVIEW = 40, 100
"""In visible characters: less leaves the line empty, more is not shown."""


@dataclass(frozen=True)
class Measure:
    """One length: how much of what there is room for, whether it is fine, and what to do or to know."""

    label: str
    value: int
    most: int
    is_fine: bool
    advice: str = ""

    @property
    def share(self) -> int:
        """How much of the room is taken, in percent, at most 100."""
        return min(100, round(100 * self.value / self.most))


def visible(text: str) -> int:
    """The characters that a reader sees: marks that join a letter, and what is invisible, are not counted."""
    return sum(unicodedata.category(letter) not in {"Mn", "Me", "Cf", "Cc"} for letter in text.strip())


def measures(message: Message, built: Built | None) -> list[Measure]:
    """The lengths that matter on the message's channel; ``built`` is ``None`` while it can't be sent."""
    subject = _subject(visible(message.subject))
    if message.channel == ChannelName.EMAIL:
        size = [_size(personal_size(built))] if built else []
        return [subject, _preview(visible(message.preview_text)), *size]
    return [subject, _telegram(message)]


def _subject(length: int) -> Measure:
    advice = ""
    if length > LONG_SUBJECT:
        advice = _("Longer than most programs show: put what matters first, or shorten it.")
    elif length > CUT_SUBJECT:
        advice = _("Phones show about the first %(count)d: let them hold what matters.") % {"count": CUT_SUBJECT}
    return Measure(_("Subject, in characters"), length, LONG_SUBJECT, 0 < length <= LONG_SUBJECT, advice)


def _preview(length: int) -> Measure:
    advice = ""
    if length < SHORT_PREVIEW:
        advice = _("There is room for %(count)d more.") % {"count": LONG_PREVIEW - length}
    elif length > LONG_PREVIEW:
        advice = _("The end is not shown.")
    fine = SHORT_PREVIEW <= length <= LONG_PREVIEW
    return Measure(_("Preview text, in characters"), length, LONG_PREVIEW, fine, advice)


def _size(size: int) -> Measure:
    most = MOST_BYTES // 1024
    return Measure(_("Mail without its picture, in kB"), -(-size // 1024), most, size <= MOST_BYTES)


def _telegram(message: Message) -> Measure:
    length = characters(composed(message, cleaned(message, Links(language=message.language))))
    most = room(message)
    label = _("Caption of the picture, in characters") if message.picture_file else _("Message, in characters")
    advice = _("Shorten it by %(count)d.") % {"count": length - most} if length > most else ""
    return Measure(label, length, most, length <= most, advice)
