"""Builds an e-mail: HTML of one column from the component template, and a text part that says the same."""

from collections.abc import Iterator

import mrml
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from inscriptis import get_text

from outreach.broadcasts.models import Message
from outreach.broadcasts.refusals import UnfitMessage
from outreach.broadcasts.sources import campaign_name
from outreach.channels.built import PIXEL, UNSUBSCRIBE, VIEW, Built

from .body import Links, cleaned, common_problems

MOST_BYTES = 100 * 1024
"""The largest HTML and text together; mail programs cut off larger ones, and receivers pay for each kilobyte."""

LONGEST_LINE = 300
"""In characters, before links are filled in; some have three bytes."""

_RENDERING = mrml.RenderOptions(disable_comments=False, fonts={})


def build(message: Message) -> Built:
    """The message with placeholders; raises ``UnfitMessage``."""
    links = Links(language=message.language)
    body = cleaned(message, links)
    button_address = links.placeholder(message.button_url) if message.button_url else ""
    found = [*common_problems(message, body), *links.problems]
    if found:
        raise UnfitMessage(*found)
    context = {
        "message": message,
        "body": body,
        "button": (message.button_label, button_address) if button_address else None,
        "view": VIEW,
        "unsubscribe": UNSUBSCRIBE,
        "campaign": campaign_name(message.language),
    }
    with override(message.language):
        # The pixel is taken out as a whole for most receivers, so no line is broken within it.
        html = folded(_html(context)).replace("</body>", f"\n{PIXEL}</body>")
        text = folded(_text(context))
    size = len(html.encode()) + len(text.encode())
    if size > MOST_BYTES:
        raise UnfitMessage(
            _("The e-mail has %(size)d kB, and at most %(most)d kB are sent: shorten it.")
            % {"size": -(-size // 1024), "most": MOST_BYTES // 1024}
        )
    return Built(
        channel=message.channel,
        language=message.language,
        subject=" ".join(message.subject.split()),
        text=text,
        html=html,
        links=tuple(links.targets),
    )


def folded(text: str) -> str:
    """``text`` with long lines broken at a space, which in HTML is the same as one.

    A line of SMTP has at most 998 bytes, links with their tokens and all; a longer one would have to be encoded.
    """
    return "\n".join(piece for line in text.split("\n") for piece in _short_lines(line))


def _short_lines(line: str) -> Iterator[str]:
    while len(line) > LONGEST_LINE and (at := line.rfind(" ", 1, LONGEST_LINE)) > 0:
        yield line[:at]
        line = line[at + 1 :]
    yield line


def _html(context: dict[str, object]) -> str:
    markup = render_to_string("outreach/broadcasts/email.mjml", context)
    return str(mrml.to_html(markup, render_options=_RENDERING).content)


def _text(context: dict[str, object]) -> str:
    tree = BeautifulSoup(render_to_string("outreach/broadcasts/email_text.html", context), "html.parser")
    for anchor in tree.find_all("a"):
        address, words = str(anchor["href"]), anchor.get_text()
        anchor.replace_with(f"{words} <{address}>")
    return str(get_text(str(tree))).strip() + "\n"
