"""Codes of short links: easy to say on the radio, to read on a poster and to type on a phone.

Two codes are the same to us if a person could take one for the other: capitals, accents, hyphens and spaces do not
count, nor do the letters and digits that look alike (:data:`ALIKE`).
"""

import re
import secrets
import unicodedata

from django.db.models import CharField, F, Value
from django.db.models.functions import Lower, Replace

from outreach.audience.models import JoinLink

CONSONANTS, VOWELS = "bfkmrst", "aeo"
"""Letters that are not taken for each other when heard, in any language of the site, nor for digits when read."""
SYLLABLES = 3
ALIKE = {"0": "o", "1": "l", "i": "l"}
OWN_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SHORTEST, LONGEST = 3, 40
RESERVED = "staff-"
"""What the bot takes for something else than a source begins with this."""


class CodeRefused(ValueError):
    """The text can't be the code of a link."""


def spoken() -> str:
    """A code out of syllables, at random: ``kamoro``. There are 9,261."""
    return "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _number in range(SYLLABLES))


def fresh() -> str:
    """A code that no link can be taken for; of four syllables once nearly all of three are in use."""
    for _attempt in range(50):
        code = spoken()
        if find(code) is None:
            return code
    return spoken() + secrets.choice(CONSONANTS) + secrets.choice(VOWELS)


def written(text: str) -> str:
    """An own word as it is kept: small letters, digits and hyphens between them.

    Raises :class:`CodeRefused` for what is too short, too long, or can't be written so.
    """
    code = re.sub(r"[\s_-]+", "-", _plain(text)).strip("-")
    if not SHORTEST <= len(code) <= LONGEST or not OWN_WORD.fullmatch(code) or code.startswith(RESERVED):
        raise CodeRefused
    return code


def folded(text: str) -> str:
    """``text`` without all that people get wrong when they type a code."""
    letters = re.sub(r"[^a-z0-9]", "", _plain(text))
    return "".join(ALIKE.get(letter, letter) for letter in letters)


def find(text: str) -> JoinLink | None:
    """The link whose code ``text`` means, retired or not; of two that could be meant the older one."""
    code = folded(text[: 2 * LONGEST])
    return JoinLink.objects.alias(folded=_folded()).filter(folded=code).order_by("pk").first() if code else None


def _plain(text: str) -> str:
    """Small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.strip()).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _folded() -> Lower | Replace:
    """A link's code, folded by the database; links are some hundreds, and codes are ASCII."""
    expression: Lower | Replace = Lower(F("code"), output_field=CharField())
    for letter, meant in {"-": "", "_": "", **ALIKE}.items():
        expression = Replace(expression, Value(letter), Value(meant))
    return expression
