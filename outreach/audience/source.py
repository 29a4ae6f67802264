"""Where somebody heard of us: a poster, a clinic, a radio spot, as a link or the start of a bot says it."""

import re

from django.utils.translation import gettext as _

SOURCE = re.compile(r"[A-Za-z0-9_-]{1,40}")


def as_source(text: str) -> str:
    """``text`` if it can be a source, else nothing: a broken link must not keep anybody from joining."""
    return text if SOURCE.fullmatch(text) else ""


def source_name(source: str) -> str:
    """What a source that is no link is called: the few that everybody uses in words, any other as it was written."""
    known = {"site": _("The site"), "bot": _("The Telegram bot"), "event": _("An event or a session")}
    return known.get(source, source)
