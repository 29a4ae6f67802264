"""How plainly a text reads: the words of its sentences, and for English the years of school that it asks for.

Formulas for readability were made for English. For every other language only the length of sentences counts, and
somebody has to read it.
"""

import re

LONGEST_SENTENCE = 25
"""Words that a sentence may have before it is hard to follow."""

LONGEST_SUMMARY = 2
"""Sentences that a summary may have."""

YEARS_OF_SCHOOL = 9.0
"""Above this, WCAG 3.1.5 asks for a simpler version."""

ENDING = re.compile(r"[.!?…。؟]+[”’»\"')\]]*(?:\s+|$)")
WORD = re.compile(r"[^\W_]+(?:['’.,\-][^\W_]+)*")
VOWELS = re.compile(r"[aeiouy]+")


def sentences(text: str) -> list[str]:
    """The sentences of a text, without empty ones. An abbreviation may be taken for an end."""
    return [part.strip() for part in ENDING.split(text) if part.strip()]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends that has the words from ``start`` to ``end``, its full stop included.

    Words that reach over the end of a sentence, as an abbreviation may, have both.
    """
    stops = list(ENDING.finditer(text))
    begins = max((stop.end() for stop in stops if stop.end() <= start), default=0)
    ends = min((stop.end() for stop in stops if stop.end() >= end), default=len(text))
    return begins, len(text[:ends].rstrip())


def words(text: str) -> list[str]:
    """The words and numbers of a text."""
    return WORD.findall(text)


def longest_sentence(text: str) -> int:
    """Words of the longest sentence."""
    return max((len(words(sentence)) for sentence in sentences(text)), default=0)


def years_of_school(text: str) -> float | None:
    """The Flesch–Kincaid grade of an English text; ``None`` for one without words."""
    every, parts = words(text), sentences(text)
    if not every or not parts:
        return None
    return 0.39 * len(every) / len(parts) + 11.8 * sum(map(syllables, every)) / len(every) - 15.59


def syllables(word: str) -> int:
    """Roughly how many syllables an English word has: groups of vowels, without a silent e at the end."""
    word = word.lower()
    if word.isdigit():
        return 1
    count = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)
