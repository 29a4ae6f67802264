"""What a page's script sends back: signed, so that nobody can tell of a page that was not shown to somebody.

Errors: :class:`~outreach.tracking.tokens.BadToken`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outreach.tracking.tokens import BadToken, Token, Use, mint, read

WORDS_PER_SECOND = 10
"""Faster nobody reads, not even who only skims: three times the speed of a quick reader."""
LEAST_SECONDS, MOST_SECONDS = 5, 120
OLDEST = timedelta(days=1)
"""A page stays open, or in somebody's cache, no longer than that."""
PAGE_BITS = 16


@dataclass(frozen=True)
class PageToken:
    """A page that was made at ``issued_at`` (UTC), and how long reading it takes at least."""

    page: int
    issued_at: datetime
    least_seconds: int

    def text(self) -> str:
        """For the page's script."""
        number = self.page << PAGE_BITS | self.least_seconds
        return mint(Token(Use.PAGE, int(self.issued_at.timestamp()), number))


def read_page_token(text: str, *, now: datetime) -> PageToken:
    """The token that ``text`` is; raises :class:`BadToken` for any other, and :class:`OutOfTime` for an old one."""
    token = read(text, Use.PAGE)
    issued_at = datetime.fromtimestamp(token.message, UTC)
    if not -timedelta(minutes=1) <= now - issued_at <= OLDEST:
        raise OutOfTime(text[:40])
    return PageToken(token.number >> PAGE_BITS, issued_at, token.number & (1 << PAGE_BITS) - 1)


class OutOfTime(BadToken):
    """It is ours, and too old, or of a time that is still to come."""


def least_seconds(words: int) -> int:
    """The shortest time in which somebody could have read so many words."""
    return max(LEAST_SECONDS, min(MOST_SECONDS, words // WORDS_PER_SECOND))


def is_plausible(*, token: PageToken, claimed: float, now: datetime) -> bool:
    """Whether a page can have been read in ``claimed`` seconds, which can't be more than passed since it was made."""
    passed = (now - token.issued_at).total_seconds() + 1
    return token.least_seconds <= claimed <= passed
