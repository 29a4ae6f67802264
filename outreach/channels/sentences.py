"""What channels say themselves of a message that was not taken, beside a provider's own words.

Kept as it stands here, and told in the language of whoever reads it. ``%s`` is what the machine said of it.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext, gettext_noop

LINE_BROKE = gettext_noop("The line to the mail server broke (%s).")
LINE_BROKE_AFTER = gettext_noop("The line broke after the mail, before an answer (%s).")
SERVER_AWAY = gettext_noop("The mail server can't be reached (%s).")
SERVER_UNCLEAR = gettext_noop("The mail server's answer to the mail can't be read.")
SERVER_MISFIT = gettext_noop("The mail server and EMAIL_URL do not fit: %s")

PROVIDER_AWAY = gettext_noop("The provider can't be reached (%s).")
PROVIDER_BROKE = gettext_noop("The line to the provider broke (%s).")
PROVIDER_SILENT = gettext_noop("The provider did not say what came of the mail.")
PROVIDER_UNCLEAR = gettext_noop("Not an answer that can be read (%s).")
PROVIDER_UNTRUSTED = gettext_noop("The provider's certificate is not trusted.")
PROVIDER_DECLINES = gettext_noop("The provider does not write to this address.")

TELEGRAM_AWAY = gettext_noop("Telegram can't be reached (%s).")
TELEGRAM_BROKE = gettext_noop("The line to Telegram broke (%s).")
TELEGRAM_UNCLEAR = gettext_noop("Not Telegram's own answer (%s).")
TOKEN_REFUSED = gettext_noop("The bot's token is refused: %s")

NO_ADDRESS = gettext_noop("This is not a mail address.")
BROKE_OFF = gettext_noop("Sending broke off (%s).")

SENTENCES = (
    LINE_BROKE,
    LINE_BROKE_AFTER,
    SERVER_AWAY,
    SERVER_UNCLEAR,
    SERVER_MISFIT,
    PROVIDER_AWAY,
    PROVIDER_BROKE,
    PROVIDER_SILENT,
    PROVIDER_UNCLEAR,
    PROVIDER_UNTRUSTED,
    PROVIDER_DECLINES,
    TELEGRAM_AWAY,
    TELEGRAM_BROKE,
    TELEGRAM_UNCLEAR,
    TOKEN_REFUSED,
    NO_ADDRESS,
    BROKE_OFF,
)


def in_words(detail: str, sentences: Iterable[str] = SENTENCES) -> str:
    """The sentence in the reader's language; empty where ``detail`` is none of ``sentences``."""
    for sentence in sentences:
        before, placeholder, after = sentence.partition("%s")
        pattern = f"{re.escape(before)}(.*){re.escape(after)}" if placeholder else re.escape(before)
        found = re.fullmatch(pattern, detail, re.DOTALL)
        if found:
            return gettext(sentence) % found.groups()
    return ""
