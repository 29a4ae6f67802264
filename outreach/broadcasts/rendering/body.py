"""A message's rich text as the few tags that every channel understands, its links checked, numbered and replaced."""

import re

import nh3
from bs4 import BeautifulSoup, Tag
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from outreach.broadcasts.links import validate_link
from outreach.broadcasts.models import Message
from outreach.broadcasts.own_links import why_nowhere
from outreach.broadcasts.placeholders import foreign_placeholders
from outreach.broadcasts.sources import page_address
from outreach.channels.built import PLACEHOLDER
from outreach.row_numbers import row_number

from .pasted import tidy

TAGS = {"p", "br", "b", "strong", "i", "em", "a", "ul", "li"}
UNWANTED = {"script", "style", "xml", "title"}
"""What goes with all it holds: it was never a reader's."""
SCHEMES = {"http", "https", "ftp", "file", "mailto", "tel", "data", "javascript", "vbscript"}
"""What is let through to be named in a refusal; :func:`validate_link` takes only the first two."""


class Links:
    """The targets of one message, in order and each once.

    ``problems`` are sentences about those that can't be used; ``written`` holds every address that was looked at.
    """

    def __init__(self, *, language: str) -> None:
        self.language = language
        self.targets: list[str] = []
        self.problems: list[str] = []
        self.written: list[str] = []

    def placeholder(self, target: str) -> str:
        """The placeholder address of ``target``; a target that can't be used is noted and gets an empty one."""
        self.written.append(target)
        try:
            validate_link(target)
        except ValidationError as error:
            self.problems.extend(error.messages)
            return ""
        if target not in self.targets:
            if nowhere := why_nowhere(target):
                self.problems.append(nowhere)
                return ""
            self.targets.append(target)
        return f"{PLACEHOLDER}{self.targets.index(target) + 1}"

    def of_anchor(self, anchor: Tag) -> str:
        """The placeholder of a link as Wagtail stores it: an address, or the number of a page."""
        if anchor.get("linktype") == "page":
            number = row_number(str(anchor.get("id", "")))
            address = page_address(number, language=self.language) if number is not None else None
            if not address:
                self.problems.append(_("A link leads to a page that is not published."))
                return ""
            return self.placeholder(address)
        return self.placeholder(str(anchor.get("href", "")).strip())


def cleaned(message: Message, links: Links) -> str:
    """The body with nothing but :data:`TAGS` and placeholder links, whatever it was made of."""
    raw = nh3.clean(
        tidy(message.body),
        tags=TAGS,
        clean_content_tags=UNWANTED,
        attributes={"a": {"href", "linktype", "id"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    tree = BeautifulSoup(raw, "html.parser")
    for anchor in tree.find_all("a"):
        anchor.attrs = {"href": links.of_anchor(anchor)}
    for tag in tree.find_all(["strong", "em"]):
        tag.name = {"strong": "b", "em": "i"}[tag.name]
    return nh3.clean(str(tree), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https"}, link_rel=None)


def all_buttons(message: Message) -> list[tuple[str, str]]:
    """The label and the address of each button that was begun, the main one first."""
    pairs = [(message.button_label, message.button_url), *((label, target) for label, target in message.more_buttons)]
    return [(label.strip(), target.strip()) for label, target in pairs if label.strip() or target.strip()]


def common_problems(message: Message, body: str, links: Links) -> list[str]:
    """What no channel can send: no subject, no text, half a button, foreign placeholders, a bad link.

    ``body`` is the cleaned one, and ``links`` has seen every link of the message.
    """
    found = []
    if not message.subject.strip():
        found.append(_("The subject is empty."))
    if not re.sub(r"<[^>]*>|&nbsp;|\s", "", body):
        found.append(_("The text is empty."))
    buttons = all_buttons(message)
    if not all(label and target for label, target in buttons):
        found.append(_("A button needs both a label and an address."))
    words = re.sub(r"<[^>]*>", "", body)
    typed = (message.subject, message.preview_text, words, *(label for label, _target in buttons))
    if any(PLACEHOLDER in text for text in typed):
        found.append(_("%(address)s is kept for the links of each receiver.") % {"address": PLACEHOLDER})
    found += [
        _("“%(placeholder)s” is a placeholder, and nothing is put in its place here: write what readers shall read.")
        % {"placeholder": placeholder}
        for placeholder in foreign_placeholders(typed, addresses=links.written)
    ]
    return [*found, *links.problems]
