"""The words that people agree to, one purpose at a time, in every version that was ever shown.

A consent carries the version that was on the screen, so what somebody agreed to can still be read years later. Never
change a text that is here: add a version below it, which from then on is the one shown. Versions are year and number.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from .choices import Purpose

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


def current_version(purpose: str) -> str:
    """The version of the words that people see today."""
    return list(VERSIONS[Purpose(purpose)])[-1]


def words(purpose: str, version: str = "", language: str | None = None) -> str:
    """What ``purpose`` says, today or in ``version``, in the language in use or in ``language``.

    Raises ``KeyError`` for a version that never was. The words that were declared for an imported list stand in the
    language in which they were written.
    """
    from .imports.declared import IMPORTED, imported_words

    if version.startswith(IMPORTED):
        if (declared := imported_words(version)) is None:
            raise KeyError(version)
        return declared
    text = VERSIONS[Purpose(purpose)][version or current_version(purpose)]
    if language is None:
        return str(text)
    with override(language):
        return str(text)
