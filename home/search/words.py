"""Words as the search compares them: without accents, capitals and punctuation, on every database alike.

Index and query pass through the same functions, so *sante* finds *santé* and *oeuvre* finds *œuvre* whatever the
database knows of accents.
"""

import re
import unicodedata

SHORTEST_PLURAL = 4
"""From so many letters on, an *s* at the end of a word that is looked for may be missing in what is found."""

MOST_TERMS = 16
"""So many words are looked for; what a longer query says after them is left out of account."""

LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
"""Letters that Unicode does not take apart."""

MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
"""Accents and vowel signs that stand beside their letter."""

WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*")
"""A word of a text as it is written."""


def plain(text: str) -> str:
    """The text without accents and capitals."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(LETTERS)
    return "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")


def words(text: str) -> list[str]:
    """The plain words of a text, in their order."""
    return re.findall(r"[^\W_]+", plain(text))


def terms(query: str) -> list[str]:
    """What is looked for: the beginnings of words, each once, in the order in which they were written."""
    return list(dict.fromkeys(beginning(word) for word in words(query)))[:MOST_TERMS]


def beginning(word: str) -> str:
    """The word without the *s* of a plural, so that *rights* finds *right*; it still finds *rights*."""
    return word[:-1] if len(word) >= SHORTEST_PLURAL and word.endswith("s") else word


def meets(word: str, looked_for: list[str]) -> bool:
    """Whether a word of a text begins like one that is looked for."""
    return any(part.startswith(tuple(looked_for)) for part in words(word))
