"""Turns an e-mail, as it was frozen, into a page for everybody: no token, no pixel, nothing that is one receiver's."""

import re
from dataclasses import replace

from bs4 import BeautifulSoup
from django.conf import settings

from outreach.channels.built import PLACEHOLDER, Built, LinkAddresses, personalise

BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


def for_everybody(built: Built, *, view: str, leave: str) -> str:
    """The HTML document with each link to its target.

    What is for its receiver alone goes: the paragraphs with the links to leave and to this page, the pixel, and the
    link that no reader sees.
    """
    tree = BeautifulSoup(built.html, "html.parser")
    for anchor in tree.find_all("a", href=[f"{PLACEHOLDER}unsubscribe", f"{PLACEHOLDER}view"]):
        (anchor.find_parent("p") or anchor).decompose()
    for trap in tree.find_all("a", href=f"{PLACEHOLDER}trap"):
        trap.decompose()
    for pixel in tree.find_all("img", src=f"{PLACEHOLDER}open"):
        pixel.decompose()
    return personalise(
        replace(built, html=str(tree)), LinkAddresses(clicks=built.links, unsubscribe=leave, view=view)
    ).html


def framed(html: str, *, head: str, header: str, footer: str) -> str:
    """The document as the main part of a page, with ``header`` before and ``footer`` after it."""
    html = html.replace("</head>", f"{head}</head>", 1)
    html = BODY.sub(lambda body: f"{body[0]}{header}<main>", html, count=1)
    before, end, after = html.rpartition("</body>")
    return f"{before}</main>{footer}{end}{after}"


def policy() -> str:
    """The Content-Security-Policy of such a page: nothing runs, and only this site's own pictures are fetched."""
    return (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src {settings.SITE_URL} data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
