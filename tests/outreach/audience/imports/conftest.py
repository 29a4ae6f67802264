"""Lists of people, uploaded, tried and carried out as an officer and a worker do it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from outreach.audience.imports import lifecycle
from outreach.audience.imports.carrying import Clerk
from outreach.audience.imports.columns import guess
from outreach.audience.imports.declared import Declaration
from outreach.audience.models import Import

PROVEN = Declaration(
    language="en",
    proven=True,
    given_on="2026-03-01",
    messages_words="2026.1",
    gender_words="2026.1",
    proof="Green folder in the office",
)
UNPROVEN = Declaration(language="en")

Tries = Callable[..., Import]


def file(text: str | bytes) -> io.BytesIO:
    return io.BytesIO(text.encode() if isinstance(text, str) else text)


@pytest.fixture
def officer(db) -> User:
    return User.objects.create_user("officer")


@pytest.fixture
def clerk(now) -> Clerk:
    return Clerk(lambda: now)


def work(clerk: Clerk) -> None:
    while clerk.work():
        pass


@pytest.fixture
def tries(officer, clerk, now) -> Tries:
    """Upload a list, guess its columns, and let a worker try it."""

    def tries(content: str | bytes, declared: Declaration = PROVEN, **columns: Any) -> Import:
        made = lifecycle.upload(file=file(content), name="list.csv", user=officer, now=now)
        chosen = guess(made.header) | columns
        lifecycle.begin_trial(of=made, columns=chosen, declared=declared, now=now)
        work(clerk)
        made.refresh_from_db()
        return made

    return tries


@pytest.fixture
def imports(tries, officer, clerk, now) -> Tries:
    """The same, and carry it out."""

    def imports(content: str | bytes, declared: Declaration = PROVEN, **columns: Any) -> Import:
        made = tries(content, declared, **columns)
        lifecycle.carry_out(of=made, user=officer, now=now)
        work(clerk)
        made.refresh_from_db()
        return made

    return imports
