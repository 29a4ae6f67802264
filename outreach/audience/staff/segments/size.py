"""The counts of a rule for a template, as exactly as the reader may see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext as _

from outreach.audience.choices import ChannelName, Purpose
from outreach.audience.rules import Rule, in_words
from outreach.audience.segments import SINGLES_OUT, shown, size

SEES_PEOPLE = "outreach.view_subscriber"


def sees_people(user: User | AnonymousUser) -> bool:
    """Whether somebody may see each subscriber, so that no count tells them more than they may know."""
    return user.has_perm(SEES_PEOPLE)


def size_context(rule: Rule, *, exactly: bool, now: datetime) -> dict[str, Any]:
    """The rule in words, how many people it reaches at ``now`` (UTC), and of what kind."""
    counted = size(rule, now=now)
    languages = dict(settings.LANGUAGES)
    tables = (
        (_("Language"), _("People"), counted.by_language, languages),
        (_("Channel"), _("Addresses"), counted.by_channel, dict(ChannelName.choices)),
        (_("Consent"), _("Addresses"), counted.by_purpose, dict(Purpose.choices)),
    )
    return {
        "rule": in_words(rule),
        "people": shown(counted.people, exactly=exactly),
        "is_rounded": not exactly,
        "singles_out": counted.people < SINGLES_OUT if not exactly else counted.singles_out,
        "is_empty": exactly and not counted.people,
        "singles_out_below": SINGLES_OUT,
        "tables": [(name, unit, _rows(counts, labels, exactly=exactly)) for name, unit, counts, labels in tables],
    }


def _rows(counts: Mapping[str, int], labels: Mapping[str, Any], *, exactly: bool) -> list[tuple[str, str]]:
    return [(str(labels[key]), shown(count, exactly=exactly)) for key, count in counts.items()]
