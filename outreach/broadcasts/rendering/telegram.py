"""Builds a Telegram message: the headline in bold, the text in Telegram's subset of HTML, one button, how to leave."""

import re
from html import escape, unescape

from bs4 import BeautifulSoup, NavigableString, Tag
from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.broadcasts.models import Message
from outreach.broadcasts.refusals import UnfitMessage
from outreach.channels.built import Built

from .body import Links, cleaned, common_problems

MOST_CHARACTERS = 4096
"""Telegram's limit on a message, counted without mark-up, in UTF-16 units as its clients count."""


def build(message: Message) -> Built:
    """The message with placeholders; raises ``UnfitMessage``."""
    links = Links(language=message.language)
    body = cleaned(message, links)
    button_address = links.placeholder(message.button_url) if message.button_url else ""
    with override(message.language):
        leaving = _("To stop these messages, send /stop.")
    parts = (f"<b>{escape(message.subject.strip())}</b>", marked_up(body), f"<i>{escape(leaving)}</i>")
    text = "\n\n".join(part for part in parts if part)
    found = [*common_problems(message, body), *links.problems]
    length = characters(text)
    if length > MOST_CHARACTERS:
        found.append(
            _("The message has %(length)d characters, and Telegram takes %(most)d: shorten it by %(excess)d.")
            % {"length": length, "most": MOST_CHARACTERS, "excess": length - MOST_CHARACTERS}
        )
    if found:
        raise UnfitMessage(*found)
    return Built(
        channel=message.channel,
        language=message.language,
        subject=message.subject.strip(),
        text=text,
        html="",
        links=tuple(links.targets),
        buttons=((message.button_label, button_address),) if button_address else (),
    )


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
