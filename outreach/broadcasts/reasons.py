"""Why a broadcast was held or is a draft again: kept as it stands in the catalogues, told in the reader's language."""

from django.utils.translation import gettext, gettext_noop

from outreach.channels import sentences

CONTENT_REFUSED = gettext_noop("The provider refused the content:")
SENDER_REFUSED = gettext_noop("The provider refused us:")
CANT_BE_SENT = gettext_noop("A text can't be sent any more:")
KEPT_EARLIER = (
    gettext_noop("Its time passed while nothing was running."),
    gettext_noop("Its time passed while nothing was running, and so did its deadline."),
)
"""Nothing says so any more, but histories do."""
QUOTING = (CONTENT_REFUSED, SENDER_REFUSED, CANT_BE_SENT)
"""Behind these stand the provider's own words, or those of whoever found it."""


def in_words(reason: str) -> str:
    """The sentence in the reader's language, with what a provider or a person said as they said it."""
    for sentence in QUOTING:
        if reason.startswith(sentence):
            said = reason.removeprefix(sentence).strip()
            return f"{gettext(sentence)} {sentences.in_words(said) or said}"
    return gettext(reason) if reason else ""
