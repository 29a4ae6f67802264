"""Which requests are a machine's doing, by what they say of themselves: a User-Agent is looked at and never kept."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

BOTS = tomllib.loads(Path(__file__).with_name("bots.toml").read_text(encoding="utf-8"))
_BOT = re.compile("|".join(map(re.escape, BOTS["words"])))
_PERSON = re.compile("|".join(map(re.escape, BOTS["people"])))
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_AHEAD = re.compile("prefetch|preview|prerender")
_MOST_JUDGED = 2000
_judged: dict[int, bool] = {}
"""Of the last User-Agents that this process saw, by a hash that holds in it alone, whether they are programs."""
PRIVACY_PROXY = "Mozilla/5.0"
"""The whole User-Agent under which Apple's Mail Privacy Protection fetches every picture, read or not."""


class MachineReason(models.TextChoices):
    """The closed list of why no person is thought to be behind a hit."""

    # Asks for the headers only: link checkers and scanners do, browsers never for a link that somebody follows.
    HEAD = "head", _("asked for the headers only")
    # Sec-Purpose, Purpose, X-Purpose or X-Moz says that a browser or mail program fetches ahead of its reader.
    PREFETCH = "prefetch", _("fetched ahead")
    # The User-Agent says so. A missing one says nothing: some readers' proxies take it out.
    BOT = "bot", _("says that it is a program")
    # A mail provider's proxy that fetches the pictures of every mail, whether somebody reads it or not.
    PROXY = "proxy", _("a mail provider's proxy")
    # The link that no reader can see was followed with the same copy of the mail, at about that time.
    HONEYPOT = "honeypot", _("followed a link that nobody sees")
    # Most links of one copy were followed within a few seconds.
    BURST = "burst", _("followed most links at once")
    # A link was followed faster than a mail reaches a reader's screen.
    SOON = "soon", _("faster than a reader")


def machine_reason(*, method: str, meta: Mapping[str, str]) -> str:
    """Why a request with the environment ``meta`` (WSGI) is a machine's by its own account; empty where it is not."""
    if method == "HEAD":
        return MachineReason.HEAD.value
    for name in _PURPOSES:
        if name in meta and _AHEAD.search(meta[name].lower()):
            return MachineReason.PREFETCH.value
    return _BOT_REASON if _is_program(meta.get("HTTP_USER_AGENT", "")) else ""


_BOT_REASON = MachineReason.BOT.value


def _is_program(agent: str) -> bool:
    known = _judged.get(hash(agent))
    if known is None:
        if len(_judged) >= _MOST_JUDGED:
            _judged.clear()
        words = agent.lower()
        known = _judged[hash(agent)] = bool(_BOT.search(words) and not _PERSON.search(words))
    return known


def open_reason(*, method: str, meta: Mapping[str, str]) -> str:
    """The same for an open, where a proxy that fetches everything is one too."""
    if meta.get("HTTP_USER_AGENT", "") == PRIVACY_PROXY:
        return MachineReason.PROXY.value
    return machine_reason(method=method, meta=meta)
