"""Telegram's small HTML: refused where Telegram refuses it, and shown as its programs show it.

Its rules: https://core.telegram.org/bots/api#html-style. The HTML given back is written anew from the pieces that
were understood, so nothing of the sender's own markup reaches a page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

SHOWN_AS = {
    "b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "ins": "u", "s": "s", "strike": "s", "del": "s",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-spoiler": "span", "span": "span", "a": "a",
    "tg-emoji": "span",
}  # fmt: skip
"""Every tag that Telegram takes, and how a page shows it."""

ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ADDRESS = re.compile(r"(?:https?|tg)://\S+|mailto:\S+", re.IGNORECASE)

_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9-]*)(?P<rest>[^<>]*)>|&(?P<entity>#?\w+);|(?P<char>.)", re.S
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""", re.IGNORECASE)


class BadEntities(ValueError):
    """Telegram would answer 400; the text is what it would say."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text without its markup, and the same as HTML that is safe in a page."""

    plain: str
    html: str

    @property
    def length(self) -> int:
        """How Telegram counts: UTF-16 code units without the markup."""
        return len(self.plain.encode("utf-16-le")) // 2


def plain(text: str) -> Parsed:
    """A text sent without a parse mode."""
    return Parsed(text, escape(text))


def parse(text: str) -> Parsed:
    """A text sent with ``parse_mode`` HTML; raises :class:`BadEntities`."""
    said: list[str] = []
    shown: list[str] = []
    opened: list[str] = []
    for token in _TOKEN.finditer(text):
        if token["tag"]:
            _tag(token, text, opened, shown)
        else:
            character = _character(token, text)
            said.append(character)
            shown.append(escape(character))
    if opened:
        raise BadEntities(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return Parsed("".join(said), "".join(shown))


def shown(message: Mapping[str, Any]) -> Parsed:
    """The text or caption of a message as the Bot API server keeps it; its markup was checked when it came in."""
    text = message.get("text") or message.get("caption") or ""
    return parse(text) if message.get("parse_mode") else plain(text)


def _tag(token: re.Match[str], text: str, opened: list[str], shown: list[str]) -> None:
    name, place = token["tag"].lower(), _byte(text, token)
    if token["end"]:
        if not opened or opened.pop() != name:
            raise BadEntities(f'Unexpected end tag "{name}" at byte offset {place}')
        shown.append(f"</{SHOWN_AS[name]}>")
        return
    if name not in SHOWN_AS or (name == "span" and "tg-spoiler" not in token["rest"]):
        raise BadEntities(f'Unsupported start tag "{name}" at byte offset {place}')
    opened.append(name)
    shown.append(_start(name, token["rest"]))


def _start(name: str, rest: str) -> str:
    if name == "a":
        found = _HREF.search(rest)
        address = next((part for part in found.groups() if part is not None), "") if found else ""
        for entity, character in ENTITIES.items():
            address = address.replace(f"&{entity};", character)
        if ADDRESS.fullmatch(address):
            return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">'
    spoiler = ' class="spoiler"' if name in {"tg-spoiler", "span"} else ""
    return f"<{SHOWN_AS[name]}{spoiler}>"


def _character(token: re.Match[str], text: str) -> str:
    entity = token["entity"]
    if entity is None:
        if token["char"] == "<":
            raise BadEntities(f"Unsupported start tag at byte offset {_byte(text, token)}")
        return token["char"]
    if entity in ENTITIES:
        return ENTITIES[entity]
    if match := re.fullmatch(r"#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))", entity):
        number = int(match[1], 16) if match[1] else int(match[2])
        if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000:
            return chr(number)
    return token[0]


def _byte(text: str, token: re.Match[str]) -> int:
    return len(text[: token.start()].encode())
