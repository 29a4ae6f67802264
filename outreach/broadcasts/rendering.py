"""Turns a message into what a channel carries: built once per message, then filled in per person.

A built text holds placeholder addresses under ``https://link.invalid/``: ``1``, ``2``, … for the links in the order of
:attr:`Built.links`, ``unsubscribe``, and ``open`` for the pixel. :func:`personalise` puts real addresses there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PLACEHOLDER = "https://link.invalid/"


@dataclass(frozen=True, slots=True)
class LinkAddresses:
    """Where the links of one person's copy lead: ``clicks`` in the order of :attr:`Built.links`; ``open_pixel`` may be empty."""

    clicks: Sequence[str]
    unsubscribe: str
    open_pixel: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """A message made ready for its channel, still with placeholders."""

    channel: str
    language: str
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    button: tuple[str, str] | None = None
