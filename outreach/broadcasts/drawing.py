"""The text that stories give a message: of one its summary and a button, of several a line and a link for each."""

import textwrap

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.audience.choices import ChannelName

from .characters import tidy_line
from .measures import LONG_PREVIEW
from .models import LONGEST_LINE, Message
from .pictures import draw
from .sources import Carried, Source


def drawn(message: Message, source: Source) -> Message:
    """``message`` with the text that ``source`` gives it, in its language, unsaved.

    The first story gives the subject, so its own line is the headline. One story alone brings its picture along; of
    several only an e-mail shows the picture of the first, as a Telegram message with a picture has room for one.
    """
    first, *others = source.pages
    with override(source.language):
        message.subject = Truncator(tidy_line(first.title)).chars(LONGEST_LINE)
        message.source_hash = source.content_hash
        if others:
            message.preview_text = _line(" · ".join(page.title for page in others))
            message.body = mark_safe("".join(_part(page, titled=page is not first) for page in source.pages))
            message.button_label = message.button_url = ""
        else:
            message.preview_text = _line(first.summary)
            message.body = format_html("<p>{}</p>", first.summary)
            message.button_label, message.button_url = _way_on(first), first.address
    message.more_buttons = []
    message.picture = first.picture if not others or message.channel == ChannelName.EMAIL else None
    draw(message)
    return message


def _line(text: str) -> str:
    """As much of a text as a mail program shows beside the subject, cut between two words."""
    return textwrap.shorten(tidy_line(text), LONG_PREVIEW, placeholder="…")


def _part(page: Carried, *, titled: bool) -> SafeString:
    title = format_html("<p><b>{}</b></p>", page.title) if titled else ""
    link = format_html('<a linktype="page" id="{}">{}</a>', page.number, _way_on(page))
    return format_html("{}<p>{}</p><p>{}</p>", title, page.summary, link)


def _way_on(page: Carried) -> str:
    words = {"story": _("Read the story"), "infographic": _("See the figures"), "news": _("Read the news")}
    return words[page.kind]
