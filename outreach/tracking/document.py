"""Turns an e-mail, as it was frozen, into a page for everybody: no token, no pixel, nothing that is one receiver's."""

import re
from dataclasses import replace

from bs4 import BeautifulSoup, Comment
from django.conf import settings

from outreach.channels.built import PLACEHOLDER, Built, LinkAddresses, personalise

BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
FOR_MAIL_PROGRAMS = re.compile(r"\b(?:mso-[\w-]+|supported-color-schemes)\s*:\s*[^;}\"]*;?\s*")
"""Declarations of style that no browser knows."""


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
    _leave_out_what_only_mail_programs_read(tree)
    return personalise(
        replace(built, html=str(tree)), LinkAddresses(clicks=built.links, unsubscribe=leave, view=view)
    ).html


def _leave_out_what_only_mail_programs_read(tree: BeautifulSoup) -> None:
    """On a page it would be a fault of its HTML."""
    for comment in tree.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for element in tree.find_all(True):
        foreign = [name for name in element.attrs if name.startswith("xmlns") or name == "vertical-align"]
        for name in foreign:
            del element[name]
        if "style" in element.attrs:
            element["style"] = FOR_MAIL_PROGRAMS.sub("", str(element["style"]))
    for style in tree.find_all("style"):
        style.string = FOR_MAIL_PROGRAMS.sub("", style.get_text())


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
