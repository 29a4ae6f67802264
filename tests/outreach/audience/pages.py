"""Reading the public pages of the audience, as a browser without cookies and JavaScript does."""

import re
from datetime import datetime
from html.parser import HTMLParser

from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import gettext, override

from outreach.audience import form_token
from outreach.audience.challenge import WORDS
from outreach.audience.choices import Purpose
from outreach.audience.wording import current_version


def opened(at: datetime) -> str:
    """The note of a form that was opened then and had the words in use."""
    return form_token.opened(now=at, versions={purpose: current_version(purpose) for purpose in Purpose.values})


def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


def written(text, language):
    with override(language):
        return gettext(text)


def in_language(name, language, *args):
    with override(language):
        return reverse(name, args=args)


class Strict(HTMLParser):
    """Fails where a tag that needs an end has none, or an end no start."""

    VOID = {"meta", "link", "input", "br", "img", "hr", "path", "circle", "rect", "use"}

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def check_page(answer, language):
    """Whole HTML in its language, every control named, every reference kept, no cookie."""
    found = page(answer)
    strict = Strict()
    strict.feed(answer.content.decode())
    assert strict.open == []
    assert found.html["lang"] == language
    assert len(found.find_all("h1")) == 1
    ids = [tag["id"] for tag in found.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for control in found.select("input:not([type=hidden]), select, textarea"):
        assert found.find("label", attrs={"for": control["id"]}), f"{control} has no label"
    for tag in found.find_all(attrs={"aria-describedby": True}):
        assert set(tag["aria-describedby"].split()) <= set(ids)
    for anchor in found.select('a[href^="#"]'):
        assert anchor["href"][1:] in ids
    assert not found.find_all("script")
    assert not answer.cookies
    return found


def answer_to(question):
    """What a person reads out of the question, in the active language. Takes a question, or what holds its ``text``."""
    words = {str(word): str(digit) for digit, word in WORDS.items()}
    listed = re.split(r"[:：]", question.text)[1]
    return "".join(words[word] for word in re.findall(r"\w+", listed))
