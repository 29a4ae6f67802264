"""The glossary: the terms of a language, and what they find in a page."""

import unicodedata
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from wagtail.models import Page

from .lint import Finding, Rule, fold, lint
from .models import Term
from .passages import Passage, passages
from .plainness import sentence_around

AROUND = 120
"""So many letters of its sentence are quoted on each side of a word; a longer side is cut between two words."""


@dataclass(frozen=True)
class Warning:
    """A word to avoid on a page in a language."""

    passage: Passage
    finding: Finding
    language: str

    @property
    def before(self) -> str:
        """The words of the sentence up to the word."""
        begins, _ends = sentence_around(self.passage.text, self.finding.start, self.finding.end)
        told = self.passage.text[begins : self.finding.start]
        return told if len(told) <= AROUND else f"…{told[-AROUND:].partition(' ')[2]}"

    @property
    def after(self) -> str:
        """The words of the sentence from the word on, with its full stop."""
        _begins, ends = sentence_around(self.passage.text, self.finding.start, self.finding.end)
        told = self.passage.text[self.finding.end : ends]
        return told if len(told) <= AROUND else f"{told[:AROUND].rpartition(' ')[0]}…"


def terms(language: str) -> list[Term]:
    """The terms of a language, in its alphabet. One query."""
    found = Term.objects.filter(locale__language_code=language)
    return sorted(found, key=lambda term: (fold(term.term)[0], term.pk))


def untranslated(language: str) -> list[Term]:
    """The terms that are in the source language and not in this one. One query; none for the source language."""
    if language == settings.LANGUAGE_CODE:
        return []
    known = Term.objects.filter(locale__language_code=language).values("translation_key")
    source = Term.objects.filter(locale__language_code=settings.LANGUAGE_CODE).exclude(translation_key__in=known)
    return sorted(source, key=lambda term: fold(term.term)[0])


def by_letter(found: list[Term], language: str) -> list[tuple[str, list[Term]]]:
    """The terms under the letter with which each begins, accents aside."""
    return [(letter, list(group)) for letter, group in groupby(found, key=lambda term: initial(term.term))]


def initial(term: str) -> str:
    """The letter under which a term is looked for."""
    letter = next((letter for letter in term if letter.isalnum()), term[:1])
    return unicodedata.normalize("NFD", letter)[:1].upper()


def rules(language: str) -> list[Rule]:
    """What the terms of a language warn of."""
    return [
        Rule(avoid=avoid, instead=term.term, why=term.why, unless=tuple(lines(term.unless)))
        for term in terms(language)
        for avoid in lines(term.instead_of)
    ]


def lines(text: str) -> list[str]:
    """The phrases of a field that holds one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def warnings(page: Page, texts: list[Passage] | None = None) -> list[Warning]:
    """Every word to avoid in a page's own words, with its place; ``texts`` are its passages if they are known."""
    language = page.locale.language_code
    known = rules(language)
    return [
        Warning(passage, finding, language)
        for passage in (passages(page) if texts is None else texts)
        if not passage.quoted
        for finding in lint(passage.text, known, language=language)
    ]
