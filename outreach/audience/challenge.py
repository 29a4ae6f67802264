"""A question that a person answers in a moment and a program that fills in forms does not: numbers, written in words.

It is plain text in the language of the page, so a screen reader reads it like any other, and nothing is asked of
anybody else's server. Its note is signed, good for one answer, right or wrong, and for :data:`LASTS`.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .limits import hour_of
from .models import JoinAttempts

LASTS = timedelta(minutes=30)
ASKED = 3
LONGEST = 20
WORDS = {
    1: gettext_lazy("one"),
    2: gettext_lazy("two"),
    3: gettext_lazy("three"),
    4: gettext_lazy("four"),
    5: gettext_lazy("five"),
    6: gettext_lazy("six"),
    7: gettext_lazy("seven"),
    8: gettext_lazy("eight"),
    9: gettext_lazy("nine"),
}

_signer = Signer(salt="outreach.challenge")


@dataclass(frozen=True)
class Question:
    """What a person is asked, in the active language, and the note that comes back with the answer."""

    text: str
    note: str


def pose(*, now: datetime) -> Question:
    """A new question. Its note does not hold the answer, only a seal of it."""
    digits = [secrets.choice(list(WORDS)) for _number in range(ASKED)]
    once = secrets.token_urlsafe(16)
    answer = "".join(str(digit) for digit in digits)
    note = _signer.sign_object({"once": once, "at": int(now.timestamp()), "seal": _seal(once, answer)})
    first, second, third = (str(WORDS[digit]) for digit in digits)
    text = _("Write these three numbers as one figure: %(first)s, %(second)s, %(third)s.")
    return Question(text % {"first": first, "second": second, "third": third}, note)


def is_answered(*, note: str, answer: str, now: datetime) -> bool:
    """Whether ``answer`` is right, in digits of any script, and the first one to this question, in time."""
    try:
        content = _signer.unsign_object(note)
        posed_at = datetime.fromtimestamp(content["at"], tz=UTC)
        once, seal = content["once"], content["seal"]
    except (BadSignature, ValueError, KeyError, TypeError):
        return False
    if not posed_at <= now <= posed_at + LASTS:
        return False
    # A count of its own beside those of the limits: who makes it has the only try.
    _row, is_first = JoinAttempts.objects.get_or_create(
        bucket=f"question-{once}", window=hour_of(posed_at), defaults={"count": 1}
    )
    return is_first and constant_time_compare(seal, _seal(once, _digits(answer)))


def _digits(answer: str) -> str:
    """The digits of what somebody wrote, whatever stands between them."""
    found = (unicodedata.digit(letter, None) for letter in answer[:LONGEST])
    return "".join(str(digit) for digit in found if digit is not None)


def _seal(once: str, answer: str) -> str:
    return salted_hmac("outreach.challenge", f"{once}:{answer}", algorithm="sha256").hexdigest()[:32]
