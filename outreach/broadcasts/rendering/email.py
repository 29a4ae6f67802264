"""Builds an e-mail: HTML of one column from the component template, and a text part that says the same."""

import logging

import mrml
from bs4 import BeautifulSoup
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from inscriptis import get_text

from outreach.broadcasts.characters import NO_XML
from outreach.broadcasts.models import Message
from outreach.broadcasts.pictures import address, picture_problems, size
from outreach.broadcasts.refusals import UnfitMessage
from outreach.broadcasts.sources import campaign_name
from outreach.channels.built import PIXEL, SLOT, TRAP, UNSUBSCRIBE, VIEW, Built

from .body import Links, all_buttons, cleaned, common_problems
from .folding import LONGEST, folded_html, folded_text, longest_line

MOST_BYTES = 100 * 1024
"""The largest HTML and text together; mail programs cut off larger ones, and receivers pay for each kilobyte."""

PERSONAL_PATH = 50
"""In bytes: what comes after the address of the site in the longest address that is put in for a placeholder."""

PICTURE_WIDTH = 552
"""In pixels: what the column of 600 leaves between its margins."""

STYLES = {
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding:0 24px",
    "li": "margin:0 0 4px",
    "a": "color:#0a5a78",
}
"""On each element of a text, for mail programs that take the style sheet out."""

logger = logging.getLogger(__name__)

_RENDERING = mrml.RenderOptions(disable_comments=False, fonts={})


def build(message: Message) -> Built:
    """The message with placeholders; raises ``UnfitMessage``."""
    links = Links(language=message.language)
    body = cleaned(message, links)
    buttons = [(label, links.placeholder(target)) for label, target in all_buttons(message) if label and target]
    found = [*common_problems(message, body, links), *picture_problems(message)]
    if found:
        raise UnfitMessage(*found)
    context = {
        "message": message,
        "body": body,
        "picture": _picture(message),
        "buttons": buttons,
        "view": VIEW,
        "unsubscribe": UNSUBSCRIBE,
        "campaign": campaign_name(message.language),
    }
    with override(message.language):
        html = _html(context)
        text = _text(context)
    built = Built(
        channel=message.channel,
        language=message.language,
        subject=" ".join(message.subject.split()),
        text=text,
        html=html,
        links=tuple(links.targets),
        picture_alt=message.picture_alt,
    )
    _check_size(built)
    return built


def personal_size(built: Built) -> int:
    """The bytes of HTML and text together, once the links are personal."""
    address = settings.SITE_URL + "x" * PERSONAL_PATH
    return sum(len(SLOT.sub(address, part).encode()) for part in (built.html, built.text))


def _check_size(built: Built) -> None:
    total = personal_size(built)
    if total > MOST_BYTES:
        raise UnfitMessage(
            _("The e-mail has %(size)d kB, and at most %(most)d kB are sent: shorten it.")
            % {"size": -(-total // 1024), "most": MOST_BYTES // 1024}
        )
    if max(longest_line(built.html), longest_line(built.text)) > LONGEST:
        raise UnfitMessage(_("The text has a word that is too long for a line of an e-mail: put spaces into it."))


def _picture(message: Message) -> dict[str, object] | None:
    """Address, size on the page and words of the picture; the file is larger, for screens with finer dots."""
    if not message.picture_file:
        return None
    width, height = size(message.picture_file)
    return {
        "address": address(message.picture_file),
        "width": PICTURE_WIDTH,
        "height": round(height * PICTURE_WIDTH / width),
        "alt": message.picture_alt,
    }


def _html(context: dict[str, object]) -> str:
    styled = {**context, "body": _inlined(str(context["body"]))}
    markup = NO_XML.sub(" ", render_to_string("outreach/broadcasts/email.mjml", styled))
    try:
        page = str(mrml.to_html(markup, render_options=_RENDERING).content)
    except OSError as error:
        # What it says is for who wrote the template. Whoever wrote the text has to see the page on which to mend it.
        logger.exception("an e-mail can't be built from its markup")
        raise UnfitMessage(_("No e-mail can be built from this text: write it again.")) from error
    # Both are taken out as a whole for some receivers: on a line of its own, neither is ever broken.
    return folded_html(page.replace("</body>", f"\n{TRAP}\n{PIXEL}\n</body>"))


def _inlined(body: str) -> str:
    """The body with :data:`STYLES` on its elements."""
    tree = BeautifulSoup(body, "html.parser")
    for tag in tree.find_all(list(STYLES)):
        tag["style"] = STYLES[tag.name]
    return str(tree)


def _text(context: dict[str, object]) -> str:
    tree = BeautifulSoup(render_to_string("outreach/broadcasts/email_text.html", context), "html.parser")
    for anchor in tree.find_all("a"):
        anchor.append(f" <{anchor['href']}>")
        anchor.unwrap()
    for words in tree.find_all(string=True):
        # What turns the page into text takes entities for characters twice.
        words.replace_with(words.replace("&", "&amp;"))
    return folded_text(str(get_text(str(tree))).strip()) + "\n"
