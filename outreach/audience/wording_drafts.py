"""How the words that people agree to come to be: drafted from those in force, written, and published for good.

WordingRefused
├── DraftExists      there is a draft of this purpose already
├── Published        it was published, perhaps just now by somebody else, and never changes
├── TextsMissing     a finished language of the site has no text
└── NothingChanged   it says what is in force already
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, log

from .choices import Purpose
from .models import Wording, WordingText
from .removals import office_day
from .wording import VERSIONS, Wordings

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DRAFTED, EDITED, DROPPED, PUBLISHED = (f"outreach.wording.{action}" for action in ("draft", "edit", "drop", "publish"))


class WordingRefused(Exception):
    """A wording can't be changed or published."""


class DraftExists(WordingRefused):
    """There is a draft of this purpose already: ``draft``."""

    def __init__(self, draft: Wording) -> None:
        super().__init__()
        self.draft = draft


class Published(WordingRefused):
    """It was published, perhaps just now by somebody else, and never changes."""


class TextsMissing(WordingRefused):
    """Finished languages of the site have no text: ``languages``, by their codes."""

    def __init__(self, languages: list[str]) -> None:
        super().__init__(languages)
        self.languages = languages


class NothingChanged(WordingRefused):
    """It says what is in force already."""


def register_actions(actions: LogActionRegistry) -> None:
    """Tell Wagtail's log what is done to a wording."""
    actions.register_action(DRAFTED, _("Draft a wording"), _("Wording drafted"))
    actions.register_action(EDITED, _("Edit a wording"), _("Wording edited"))
    actions.register_action(DROPPED, _("Drop a draft of a wording"), _("Draft of a wording dropped"))
    actions.register_action(PUBLISHED, _("Publish a wording"), _("Wording published"))


def required_languages() -> list[str]:
    """The languages without which no wording is published: the site's that are finished."""
    return [code for code, _name in settings.LANGUAGES if code not in settings.UNFINISHED]


def draft(*, purpose: str, reason: str, user: "User", now: datetime) -> Wording:
    """Begin a new version, with the texts in force. Raises :class:`DraftExists`."""
    try:
        with transaction.atomic():
            wording = Wording.objects.create(
                purpose=Purpose(purpose),
                version=_next_version(purpose, office_day(now).year),
                reason=reason,
                made_by=user,
            )
    except IntegrityError:
        # Each purpose has one draft at most, and somebody else may have begun it just now.
        raise DraftExists(Wording.objects.get(purpose=purpose, published_at=None)) from None
    texts = texts_in_force(purpose)
    WordingText.objects.bulk_create(
        WordingText(wording=wording, language=language, text=text) for language, text in texts.items()
    )
    log(instance=wording, action=DRAFTED, user=user, timestamp=now)
    return wording


@transaction.atomic
def write(*, wording: Wording, reason: str, texts: Mapping[str, str], user: "User", now: datetime) -> None:
    """Keep the texts of a draft, by language; an empty one is none. Raises :class:`Published`."""
    wording = _locked_draft(wording)
    wording.reason = reason
    wording.save(update_fields=["reason"])
    wording.texts.all().delete()
    WordingText.objects.bulk_create(
        WordingText(wording=wording, language=language, text=text) for language, text in texts.items() if text
    )
    log(instance=wording, action=EDITED, user=user, timestamp=now)


@transaction.atomic
def drop(*, wording: Wording, user: "User", now: datetime) -> None:
    """Throw a draft away. Raises :class:`Published`."""
    wording = _locked_draft(wording)
    log(instance=wording, action=DROPPED, user=user, timestamp=now, deleted=True)
    wording.delete()


@transaction.atomic
def publish(*, wording: Wording, user: "User", now: datetime) -> Wording:
    """Show a draft to people from now on, for good.

    Nobody is asked again: who agreed to the version before agreed to its words. Raises :class:`WordingRefused`.
    """
    wording = _locked_draft(wording)
    texts = dict(wording.texts.values_list("language", "text"))
    missing = [language for language in required_languages() if not texts.get(language)]
    if missing:
        raise TextsMissing(missing)
    if texts == texts_in_force(wording.purpose):
        raise NothingChanged
    wording.published_at, wording.published_by = now, user
    # Saved as a row, so that pages that show the words hear of it.
    wording.save(update_fields=["published_at", "published_by"])
    log(instance=wording, action=PUBLISHED, user=user, timestamp=now)
    return wording


def texts_in_force(purpose: str) -> dict[str, str]:
    """What people see today, by language; a language that is shown another's words is not named."""
    wordings = Wordings.load()
    shown = {code: wordings.words(purpose, language=code) for code, _name in settings.LANGUAGES}
    return {code: words.text for code, words in shown.items() if words.language == code}


def _locked_draft(wording: Wording) -> Wording:
    try:
        return Wording.objects.select_for_update(of=("self",)).get(pk=wording.pk, published_at=None)
    except Wording.DoesNotExist:
        raise Published from None


def _next_version(purpose: str, year: int) -> str:
    known = [*VERSIONS[Purpose(purpose)], *Wording.objects.filter(purpose=purpose).values_list("version", flat=True)]
    numbers = [int(number) for version in known for of, _dot, number in [version.partition(".")] if of == str(year)]
    return f"{year}.{max(numbers, default=0) + 1}"
