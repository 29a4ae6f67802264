"""The short address of a link, as a machine reads it and as it is printed, and its QR code."""

import io
from typing import Any
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.urls import reverse

from outreach.audience.models import JoinLink

QUIET_ZONE = 4
"""White modules around the code; ISO/IEC 18004 asks for four."""
ERROR_CORRECTION = "q"
"""A quarter of the code may be dirty, torn or faded."""
PNG_MODULE = 24
"""Pixels a module: a code of 33 modules is then 8 cm wide at 300 dots an inch."""


def address(link: JoinLink) -> str:
    """The whole address, as the QR code carries it."""
    return settings.SITE_URL + reverse("short_address", args=[link.code])


def printed(link: JoinLink) -> str:
    """The address as people read, say and type it: without what a browser adds itself."""
    parts = urlsplit(address(link))
    return f"{parts.netloc}{parts.path}"


def qr_svg(link: JoinLink) -> bytes:
    """The QR code for print in any size; it scales with the box it stands in."""
    return _drawn(link, kind="svg", title=printed(link), omitsize=True, light="#fff", nl=False)


def qr_png(link: JoinLink) -> bytes:
    """The QR code as a picture for other programs."""
    return _drawn(link, kind="png", scale=PNG_MODULE, dpi=300)


def _drawn(link: JoinLink, **options: Any) -> bytes:
    out = io.BytesIO()
    segno.make_qr(address(link), error=ERROR_CORRECTION).save(out, border=QUIET_ZONE, **options)
    return out.getvalue()
