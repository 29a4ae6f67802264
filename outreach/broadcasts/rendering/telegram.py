"""Builds a Telegram message: headline in bold, text in Telegram's subset of HTML, how to leave, picture, buttons."""

import re
from html import escape, unescape

from bs4 import BeautifulSoup, NavigableString, Tag
from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.broadcasts.models import Message
from outreach.broadcasts.pictures import picture_problems
from outreach.broadcasts.refusals import UnfitMessage
from outreach.channels.built import Built

from .body import Links, all_buttons, cleaned, common_problems

MOST_CHARACTERS, MOST_IN_CAPTION = 4096, 1024
"""Telegram's limits on a message and on the caption of a picture, without mark-up, in UTF-16 units as clients count."""

MOST_BUTTONS = 3
"""So many fit below a message on a small phone and are still a choice."""


def build(message: Message) -> Built:
    """The message with placeholders; raises ``UnfitMessage``."""
    links = Links(language=message.language)
    body = cleaned(message, links)
    buttons = [(label, links.placeholder(target)) for label, target in all_buttons(message) if label and target]
    text = composed(message, body)
    found = [*common_problems(message, body, links), *picture_problems(message)]
    if len(buttons) > MOST_BUTTONS:
        found.append(_("At most %(most)d buttons fit below a message.") % {"most": MOST_BUTTONS})
    length, most = characters(text), room(message)
    if length > most:
        found.append(_too_long(message) % {"length": length, "most": most, "excess": length - most})
    if found:
        raise UnfitMessage(*found)
    return Built(
        channel=message.channel,
        language=message.language,
        subject=message.subject.strip(),
        text=text,
        html="",
        links=tuple(links.targets),
        buttons=tuple(buttons),
        picture=message.picture_file,
        picture_alt=message.picture_alt,
    )


def composed(message: Message, body: str) -> str:
    """Headline, cleaned body and the way to leave, as one text."""
    with override(message.language):
        leaving = _("To stop these messages, send /stop.")
    parts = (f"<b>{escape(message.subject.strip())}</b>", marked_up(body), f"<i>{escape(leaving)}</i>")
    return "\n\n".join(part for part in parts if part)


def room(message: Message) -> int:
    """The most characters that ``message`` may have."""
    return MOST_IN_CAPTION if message.picture_file else MOST_CHARACTERS


def most_characters(built: Built) -> int:
    """The most characters that the built message may have."""
    return MOST_IN_CAPTION if built.picture else MOST_CHARACTERS


def _too_long(message: Message) -> str:
    if message.picture_file:
        return _(
            "With a picture a message takes %(most)d characters, and this one has %(length)d: "
            "shorten it by %(excess)d, or leave the picture out."
        )
    return _("The message has %(length)d characters, and Telegram takes %(most)d: shorten it by %(excess)d.")


def characters(text: str) -> int:
    """The length of a text in Telegram's HTML as Telegram counts it."""
    return len(unescape(re.sub(r"<[^>]*>", "", text)).encode("utf-16-le")) // 2


def marked_up(body: str) -> str:
    """The cleaned rich text in Telegram's HTML: b, i and a, empty lines between paragraphs, lists as bullet lines."""
    text = _children(BeautifulSoup(body, "html.parser"), depth=0)
    text = re.sub(r"[ \t]*\n[ \t]*(?=\n)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _children(node: Tag, depth: int) -> str:
    return "".join(_node(child, depth) for child in node.children)


def _node(node: object, depth: int) -> str:
    if isinstance(node, Tag):
        return _tag(node, depth)
    return escape(re.sub(r"[ \t\r\n]+", " ", node), quote=False) if isinstance(node, NavigableString) else ""


def _tag(tag: Tag, depth: int) -> str:
    if tag.name == "br":
        return "\n"
    if tag.name == "ul":
        return _children(tag, depth + 1) + ("" if depth else "\n\n")
    inner = _children(tag, depth)
    if tag.name == "p":
        return f"\n\n{inner.strip()}\n\n"
    if tag.name == "li":
        return "\n" + "   " * (depth - 1) + "• " + inner.strip()
    if tag.name == "a":
        return f'<a href="{escape(str(tag.get("href", "")))}">{inner}</a>'
    return f"<{tag.name}>{inner}</{tag.name}>" if inner.strip() else inner
