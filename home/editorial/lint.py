"""Finds words to avoid in a text. Knows nothing of pages: a text goes in, findings with their places come out.

A phrase is found whatever its case, in the singular or with a regular plural of its language, between word
boundaries, over any white space. Accents are passed over where people leave them out, in French and Spanish, and count
where they make another word, as in Creole. What stands in quotation marks is somebody else's words and is left alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"\n]*\"|‘[^’]*’(?!\w)")
"""Quotation marks with what is between them; an apostrophe within a word closes nothing."""

PLURALS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (("man", "men"), ("y", "ies"), ("", "s"), ("", "es")),
    "fr": (("al", "aux"), ("", "s"), ("", "x")),
    "es": (("z", "ces"), ("", "s"), ("", "es")),
}
"""How a word of a language ends in the singular and in the plural. Creole marks the plural with a word of its own."""

ACCENTS_COUNT = {"ht", "acf"}
"""Languages in which a word without its accent is another word: *bòn* is a maid, *bon* is good."""

EVERY_WORD = {"fr", "es"}
"""Languages in which the plural shows in every word of a phrase; in the others in its last."""


@dataclass(frozen=True)
class Rule:
    """``avoid`` with what to write instead and why; ``unless`` are phrases within which it is right."""

    avoid: str
    instead: str
    why: str = ""
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A word to avoid, as it stands in the text from ``start`` to ``end``."""

    start: int
    end: int
    words: str
    rule: Rule


def lint(text: str, rules: Iterable[Rule], *, language: str) -> list[Finding]:
    """What the rules find in a text of a language, in the order of the text; of findings that overlap the longest."""
    folded, places = fold(text, accents=language in ACCENTS_COUNT)
    exempt = [match.span() for match in QUOTED.finditer(text)]
    found = [
        Finding(start, end, text[start:end], rule)
        for rule in rules
        for start, end in _occurrences(rule, folded, language)
        for start, end in [(places[start], _after(text, places[end - 1]))]
        if not any(first <= start and end <= last for first, last in exempt)
    ]
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda finding: (finding.start - finding.end, finding.start)):
        if all(finding.end <= other.start or other.end <= finding.start for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)


def fold(text: str, *, accents: bool = False) -> tuple[str, list[int]]:
    """The text without case, and for each of its letters the place in ``text`` that it comes from.

    Accents are left out as well, unless they are asked for: then each follows its letter.
    """
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFD", character.casefold()):
            if accents or not unicodedata.combining(letter):
                letters.append("'" if letter == "’" else letter)
                places.append(place)
    return "".join(letters), places


def _occurrences(rule: Rule, folded: str, language: str) -> Iterator[tuple[int, int]]:
    pattern = _pattern(rule.avoid, language)
    if pattern is None:
        return
    patterns = [_pattern(phrase, language) for phrase in rule.unless]
    right = [match.span() for found in patterns if found for match in found.finditer(folded)]
    for match in pattern.finditer(folded):
        if not any(first <= match.start() and match.end() <= last for first, last in right):
            yield match.span()


def _after(text: str, last: int) -> int:
    """Where a word ends whose last letter stands at ``last``: behind the accents that were folded away."""
    end = last + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


@lru_cache(maxsize=2000)
def _pattern(phrase: str, language: str) -> re.Pattern[str] | None:
    """What the phrase looks like in a folded text; ``None`` for one without words."""
    words = fold(phrase, accents=language in ACCENTS_COUNT)[0].split()
    if not words:
        return None
    inflected = [
        _inflected(word, language) if number == len(words) - 1 or language in EVERY_WORD else re.escape(word)
        for number, word in enumerate(words)
    ]
    return re.compile(r"(?<![\w\u0300-\u036f])" + r"\s+".join(inflected) + r"(?![\w\u0300-\u036f])")


def _inflected(word: str, language: str) -> str:
    forms = {word}
    for singular, plural in PLURALS.get(language, ()):
        if word.endswith(singular) and word[-1:].isalpha():
            forms.add(word[: len(word) - len(singular)] + plural)
    return "(?:" + "|".join(sorted(map(re.escape, forms), key=len, reverse=True)) + ")"
