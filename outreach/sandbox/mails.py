"""A kept mail, read as a mail program reads it."""

import email
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from urllib.parse import urlsplit

from .models import SandboxMessage

HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
NEW_WINDOW = '<base target="_blank">'


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail's parts. ``unsubscribe`` is where a mail program would post one click (RFC 8058), or empty."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    size: int
    unsubscribe: str


def read(message: SandboxMessage) -> ReadMail:
    """The mail in a kept message; parts that can't be decoded are shown as far as they go."""
    content = bytes(message.content)
    parsed = email.message_from_bytes(content, policy=policy.default)
    return ReadMail(
        headers=tuple((name, str(value).strip()) for name, value in parsed.items()),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
        size=len(content),
        unsubscribe=_one_click(parsed),
    )


def for_frame(html: str) -> str:
    """The HTML part with every link opening a window of its own."""
    return HEAD.sub(lambda head: head[0] + NEW_WINDOW, html, count=1) if HEAD.search(html) else NEW_WINDOW + html


def _part(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    try:
        return (raw if isinstance(raw, bytes) else b"").decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _one_click(parsed: EmailMessage) -> str:
    if "one-click" not in str(parsed.get("List-Unsubscribe-Post", "")).lower():
        return ""
    for address in re.findall(r"<([^<>\s]+)>", str(parsed.get("List-Unsubscribe", ""))):
        if urlsplit(address).scheme in {"http", "https"}:
            return str(address)
    return ""
