"""The words that people agree to, one purpose at a time, in every version that was ever shown.

A consent carries the version that was on the screen, so what somebody agreed to can still be read years later. The
first versions stand here; those that staff published follow them, each with a text per language. Versions are year and
number. Never change a text that is here: whoever agreed to it agreed to these words.

A language that a version has no text in is shown the English one, and then English is what a consent records.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from .choices import Purpose
from .models import WordingText

VERSIONS = {
    Purpose.MESSAGES: {
        "2026.1": _("Yes, send me messages of this campaign. I can leave at any time, in one step."),
    },
    Purpose.GENDER_STATISTICS: {
        "2026.1": _(
            "You may count my answer about gender in statistics. They show groups of people, never one person."
        ),
    },
    Purpose.CLICK_TRACKING: {
        "2026.1": _(
            "You may record which links in your messages I follow, to learn what is useful. After 90 days only totals "
            "are kept."
        ),
    },
    Purpose.OPEN_TRACKING: {
        "2026.1": _(
            "You may record whether I open an e-mail, to learn what is read. After 90 days only totals are kept."
        ),
    },
}
"""By purpose and version, the oldest first; their translations stand in ``locale``."""

Texts = dict[str, str]
"""One version, by language."""


@dataclass(frozen=True)
class Words:
    """What one purpose says: a version of it, and the language that it is really written in."""

    version: str
    language: str
    text: str


class Wordings:
    """Every version that was ever shown, as of one moment; a page that shows several reads them at once."""

    def __init__(self, published: dict[str, dict[str, Texts]]) -> None:
        self._published = published

    @classmethod
    def load(cls, languages: Iterable[str] | None = None) -> "Wordings":
        """Read them with one query, of what staff published only the texts in ``languages`` and the English ones."""
        texts = WordingText.objects.filter(wording__published_at__isnull=False)
        if languages is not None:
            texts = texts.filter(language__in={*languages, settings.LANGUAGE_CODE})
        published: dict[str, dict[str, Texts]] = defaultdict(dict)
        rows = texts.order_by("wording__published_at", "wording_id").values_list(
            "wording__purpose", "wording__version", "language", "text"
        )
        for purpose, version, language, text in rows:
            published[purpose].setdefault(version, {})[language] = text
        return cls(published)

    def versions(self, purpose: str) -> list[str]:
        """The versions of a purpose, the oldest first."""
        return [*VERSIONS[Purpose(purpose)], *self._published.get(purpose, {})]

    def current(self, purpose: str) -> str:
        """The version that people see today."""
        return self.versions(purpose)[-1]

    def words(self, purpose: str, version: str = "", language: str | None = None) -> Words:
        """What ``purpose`` says, today or in ``version``, in the language in use or in ``language``.

        Raises ``KeyError`` for a version that never was.
        """
        from .imports.declared import IMPORTED, imported_words

        version = version or self.current(purpose)
        language = language or get_language() or settings.LANGUAGE_CODE
        if version.startswith(IMPORTED):
            # Declared for a list that was brought in, in the language in which somebody wrote it.
            if (declared := imported_words(version)) is None:
                raise KeyError(version)
            return Words(version, language, declared)
        if version in VERSIONS[Purpose(purpose)]:
            return _built_in(purpose, version, language)
        texts = self._published.get(purpose, {})[version]
        shown = language if language in texts else settings.LANGUAGE_CODE
        return Words(version, shown, texts[shown])


def _built_in(purpose: str, version: str, language: str) -> Words:
    text = VERSIONS[Purpose(purpose)][version]
    with override(settings.LANGUAGE_CODE):
        english = str(text)
    with override(language):
        translated = str(text)
    return Words(version, settings.LANGUAGE_CODE if translated == english else language, translated)


def current_versions() -> dict[str, str]:
    """The version of the words of each purpose that people see today."""
    wordings = Wordings.load([])
    return {purpose: wordings.current(purpose) for purpose in Purpose.values}


def current_version(purpose: str) -> str:
    """The version of the words of one purpose that people see today."""
    return current_versions()[Purpose(purpose)]


def find(purpose: str, version: str = "", language: str | None = None) -> Words:
    """What :meth:`Wordings.words` gives, where one is needed alone."""
    if version in VERSIONS[Purpose(purpose)]:
        return _built_in(purpose, version, language or get_language() or settings.LANGUAGE_CODE)
    return Wordings.load([language or get_language() or settings.LANGUAGE_CODE]).words(purpose, version, language)


def words(purpose: str, version: str = "", language: str | None = None) -> str:
    """The text of :func:`find`."""
    return find(purpose, version, language).text
