"""A message made ready for its channel, and the quick last step that makes it one person's copy.

A built text holds placeholder addresses under ``https://link.invalid/``: ``1``, ``2``, … for the links in the order of
:attr:`Built.links`, ``unsubscribe``, ``view`` for the message's public page, ``open`` for the pixel and ``trap`` for
the link that no reader sees. :func:`personalise` puts real addresses there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import NamedTuple, overload

PLACEHOLDER = "https://link.invalid/"
UNSUBSCRIBE = PLACEHOLDER + "unsubscribe"
VIEW = PLACEHOLDER + "view"
PIXEL = f'<img src="{PLACEHOLDER}open" width="1" height="1" alt="" style="border:0">'
TRAP = f'<a href="{PLACEHOLDER}trap" style="display:none" aria-hidden="true" tabindex="-1"></a>'
"""Hidden from eyes, screen readers and the keyboard: whoever follows it is a program."""
SLOT = re.compile(re.escape(PLACEHOLDER) + r"(\d+|unsubscribe|view|open|trap)")


@dataclass(slots=True)
class Numbered(Sequence[str]):
    """Addresses that are the same but for a number at their end, from 1 to ``size``: a mail is filled in with their
    ``stem`` alone.
    """

    stem: str
    size: int

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        numbers = range(1, self.size + 1)[place]
        if isinstance(numbers, range):
            return [f"{self.stem}{number}" for number in numbers]
        return f"{self.stem}{numbers}"


class LinkAddresses(NamedTuple):
    """Where one person's links lead: ``clicks`` in the order of :attr:`Built.links`; ``open_pixel`` may be empty.

    ``view`` is the message's public page, the same for everybody; only an e-mail has one. So it is with ``trap``, the
    link that no reader sees, which is left out where it is empty.
    """

    clicks: Sequence[str]
    unsubscribe: str
    view: str = ""
    open_pixel: str = ""
    trap: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """A message made ready for its channel, still with placeholders.

    ``text`` is the plain text part of an e-mail, or a Telegram message in Telegram's HTML. ``buttons``, each a label
    and an address, are what the channel adds itself, the main one first; an e-mail holds its own. ``picture`` is the
    path of a PNG in the default storage, which the channel sends with the text as its caption; empty for none.
    ``picture_alt`` says what the picture shows.
    """

    channel: str
    language: str
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...] = ()
    picture: str = ""
    picture_alt: str = ""


def personalise(built: Built, addresses: LinkAddresses) -> Built:
    """The copy of one person. Pieces of text are joined; nothing is parsed or rendered, so it costs microseconds.

    Raises ``ValueError`` if there is not one address for each link.
    """
    if len(addresses.clicks) != len(built.links):
        raise ValueError(f"{len(built.links)} links, {len(addresses.clicks)} addresses")
    plain = {str(number): address for number, address in enumerate(addresses.clicks, 1)}
    plain |= {"unsubscribe": addresses.unsubscribe, "view": addresses.view, "open": addresses.open_pixel}
    plain["trap"] = addresses.trap
    marked_up = {name: escape(address) for name, address in plain.items()}
    return Built(
        channel=built.channel,
        language=built.language,
        subject=built.subject,
        # A message without an HTML part has its mark-up in the text.
        text=_filled(built.text, plain if built.html else marked_up),
        html=_filled(_kept(built.html, bool(addresses.open_pixel), bool(addresses.trap)), marked_up),
        links=built.links,
        buttons=tuple((label, _filled(address, plain)) for label, address in built.buttons),
        picture=built.picture,
        picture_alt=built.picture_alt,
    )


@lru_cache(maxsize=128)
def _pieces(text: str) -> tuple[str, ...]:
    """The text cut at its placeholders: every second piece is the name of one."""
    return tuple(SLOT.split(text))


@lru_cache(maxsize=128)
def _kept(html: str, has_pixel: bool, has_trap: bool) -> str:
    html = html if has_pixel else html.replace(PIXEL, "")
    return html if has_trap else html.replace(TRAP, "")


def _filled(text: str, addresses: Mapping[str, str]) -> str:
    pieces = list(_pieces(text))
    pieces[1::2] = [addresses[name] for name in pieces[1::2]]
    return "".join(pieces)
