"""What the rows of the tables are called, in their order. What is gone keeps its number."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.title_words import titles_of
from outreach.reach import periods
from outreach.tracking.models import Device, Source
from outreach.tracking.reading import Key


@dataclass(frozen=True)
class Label:
    """What a row is called; ``language`` is that of the text where it is another than the reader's."""

    text: str
    language: str = ""


def pages(numbers: Iterable[Key]) -> dict[Key, Label]:
    """The title of each page in the page's own language; of titles alike each has its number. One query."""
    asked = list(numbers)
    rows = Page.objects.filter(pk__in=asked).values_list("pk", "title", "locale__language_code")
    known = {pk: (title, language) for pk, title, language in rows}
    often = Counter(title for title, _language in known.values())
    found: dict[Key, Label] = {}
    for number in asked:
        if number not in known:
            found[number] = Label(_("Page %(number)s, which is gone") % {"number": number})
            continue
        title, language = known[number]
        text = title if often[title] == 1 else _("%(title)s (page %(number)s)") % {"title": title, "number": number}
        found[number] = _foreign(text, language)
    return found


def broadcasts(numbers: Iterable[Key]) -> dict[Key, Label]:
    """The title of each broadcast with its number, the newest first. Three queries at most."""
    asked = sorted((int(str(number)) for number in numbers), reverse=True)
    titles = titles_of(dict(Broadcast.objects.filter(pk__in=asked).values_list("pk", "title")))
    return {
        number: Label(
            _("%(number)s: %(title)s") % {"number": number, "title": titles[number]}
            if number in titles
            else _("Broadcast %(number)s, which is gone") % {"number": number}
        )
        for number in asked
    }


def languages(codes: Iterable[Key]) -> dict[Key, Label]:
    """The name of each language in that language, or its code if the site has it no longer."""
    names = dict(settings.LANGUAGES)
    return {code: _foreign(str(names.get(str(code), code)), str(code)) for code in codes}


def _foreign(text: str, language: str) -> Label:
    return Label(text, "" if language == get_language() else language)


def sources(codes: Iterable[Key]) -> dict[Key, Label]:
    """Where readers came from, in the order of the list."""
    return _in_order(Source, codes)


def devices(codes: Iterable[Key]) -> dict[Key, Label]:
    """What they read with, in the order of the list."""
    return _in_order(Device, codes)


def _in_order(choices: type[TextChoices], codes: Iterable[Key]) -> dict[Key, Label]:
    found = set(codes)
    return {choice.value: Label(str(choice.label)) for choice in choices if choice.value in found}


def days(first: date, last: date) -> dict[Key, Label]:
    """Each day from ``first`` to ``last``, also one on which nobody came."""
    number = (last - first).days + 1
    every = [first + timedelta(days=place) for place in range(number)]
    return {day: Label(day.isoformat()) for day in every}


def months(first: date, last: date) -> dict[Key, Label]:
    """Each month that has a day from ``first`` to ``last``."""
    places = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    every = [date(place // 12, place % 12 + 1, 1) for place in places]
    return {month: Label(periods.parse(f"{month:%Y-%m}").name) for month in every}


def first_large(text: str) -> str:
    """The text as it stands at the beginning of a line."""
    return text[:1].upper() + text[1:]
