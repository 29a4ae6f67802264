"""Everything that is kept of one person, as a document to download and as words to read.

Each part of it is a :class:`Section`. What later stages keep, they add with :func:`register`, so that none of them has
to be known here. Labels and readable values are in the language that is active; times are UTC.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Consent, FreshLink, JoinRequest, SoftBounce, Subscriber, Subscription, Suppression
from .source import source_name
from .wording import words

FILE_NAME = "my-data.json"

Json = str | int | bool | None | list[str]


@dataclass(frozen=True)
class Fact:
    """One thing that is known: its key and value in the document, its label and value in words."""

    key: str
    label: str | Promise
    value: Json
    shown: str = ""

    @property
    def text(self) -> str:
        """The value as a person reads it; empty where nothing is known."""
        return self.shown or ("" if self.value is None else str(self.value))


Row = list[Fact]
Rows = Callable[[Subscriber], Iterable[Row]]


@dataclass(frozen=True)
class Section:
    """A part of what is kept: its key in the document, its title, and the rows of a person."""

    name: str
    title: str | Promise
    rows: Rows


_more: dict[str, Section] = {}


def register(name: str, title: str | Promise, rows: Rows) -> None:
    """Add what another stage keeps of a person; the same name again replaces it."""
    _more[name] = Section(name, title, rows)


def sections() -> list[Section]:
    """Every part, in the order of the document."""
    return [*OWN, *_more.values()]


def document(*, subscriber: Subscriber) -> dict[str, Any]:
    """All that is kept of a person, ready for JSON: a list of rows for each part, by its name."""
    return {
        section.name: [{fact.key: fact.value for fact in row} for row in section.rows(subscriber)]
        for section in sections()
    }


def file(*, subscriber: Subscriber) -> bytes:
    """The document as the file that a person downloads or is sent: JSON in UTF-8, indented to be read."""
    return json.dumps(document(subscriber=subscriber), ensure_ascii=False, indent=2).encode()


def readable(*, subscriber: Subscriber) -> list[tuple[str, list[Row]]]:
    """The same in words: the title of each part, and its rows without what is not known."""
    found = ((str(section.title), section.rows(subscriber)) for section in sections())
    return [(title, [[fact for fact in row if fact.text] for row in rows]) for title, rows in found]


def when(key: str, label: str | Promise, moment: datetime | None) -> Fact:
    """A time: in the document in ISO 8601 and UTC, in words in the zone of the office."""
    if moment is None:
        return Fact(key, label, None)
    return Fact(key, label, moment.isoformat(), date_format(localtime(moment), "DATETIME_FORMAT"))


def chosen(key: str, label: str | Promise, value: str, shown: str | Promise) -> Fact:
    """One answer of a closed list: in the document its code, in words its label."""
    return Fact(key, label, value, str(shown) if value else "")


def yes_or_no(key: str, label: str | Promise, value: bool) -> Fact:
    """Whether something is so."""
    return Fact(key, label, value, _("Yes") if value else _("No"))


def _language(code: str) -> Fact:
    return chosen("language", _("Language"), code, dict(settings.LANGUAGES).get(code, code))


def _topics(keys: Iterable[str]) -> Fact:
    codes = sorted(keys)
    names = ", ".join(str(settings.TOPICS.get(code, code)) for code in codes)
    return Fact("topics", _("Topics"), codes, names or _("All"))


def _about(subscriber: Subscriber) -> Iterator[Row]:
    yield [
        _language(subscriber.language),
        _topics(subscriber.topics.values_list("topic", flat=True)),
        chosen("frequency", _("How often"), subscriber.frequency, subscriber.get_frequency_display()),
        chosen("group", _("You are"), subscriber.group, subscriber.get_group_display()),
        chosen("gender", _("Gender"), subscriber.gender, subscriber.get_gender_display()),
        chosen("parish", _("Parish"), subscriber.parish, subscriber.get_parish_display()),
        Fact("source", _("Where you joined"), subscriber.source, source_name(subscriber.source)),
        when("joined_at", _("Joined"), subscriber.joined_at),
        when("active_at", _("Last active"), subscriber.active_at),
        Fact("number", _("Your number with us"), subscriber.pk),
    ]


def _addresses(subscriber: Subscriber) -> Iterator[Row]:
    for subscription in _subscriptions(subscriber):
        yield [
            chosen("channel", _("Channel"), subscription.channel, subscription.get_channel_display()),
            Fact("address", _("Address"), subscription.address),
            chosen("state", _("State"), subscription.state, subscription.get_state_display()),
            when("confirmed_at", _("Confirmed"), subscription.confirmed_at),
            when("ended_at", _("Ended"), subscription.ended_at),
        ]


def _subscriptions(subscriber: Subscriber) -> Iterable[Subscription]:
    return subscriber.subscriptions.order_by("pk")


def _words(purpose: str, version: str, language: str) -> str:
    try:
        return words(purpose, version, language)
    except KeyError:
        return version


def _consents(subscriber: Subscriber) -> Iterator[Row]:
    for consent in Consent.objects.filter(subscriber=subscriber).order_by("pk"):
        yield [
            when("given_at", _("When"), consent.given_at),
            chosen("purpose", _("What for"), consent.purpose, consent.get_purpose_display()),
            yes_or_no("granted", _("You agreed"), consent.granted),
            Fact("words", _("The words"), _words(consent.purpose, consent.wording_version, consent.language)),
            Fact("wording_version", _("Version of the words"), consent.wording_version),
            _language(consent.language),
            chosen("channel", _("Channel"), consent.channel, consent.get_channel_display()),
            chosen("method", _("How"), consent.method, consent.get_method_display()),
            Fact("evidence", _("Where the proof is kept"), consent.evidence),
        ]


def _forms(subscriber: Subscriber) -> Iterator[Row]:
    asked = JoinRequest.objects.filter(subscription__subscriber=subscriber)
    for request in asked.select_related("subscription").order_by("pk"):
        subscription = request.subscription
        agreed = {name: _words(name, each, request.language) for name, each in request.wording_versions.items()}
        yield [
            when("asked_at", _("When"), request.asked_at),
            chosen("channel", _("Channel"), subscription.channel, subscription.get_channel_display()),
            _language(request.language),
            _topics(request.topics),
            chosen("group", _("You are"), request.group, request.get_group_display()),
            chosen("gender", _("Gender"), request.gender, request.get_gender_display()),
            chosen("parish", _("Parish"), request.parish, request.get_parish_display()),
            Fact("agreed_to", _("What you agree to"), list(agreed.values()), " ".join(agreed.values())),
            when("confirmed_at", _("Confirmed"), request.confirmed_at),
        ]


def _links(subscriber: Subscriber) -> Iterator[Row]:
    for link in FreshLink.objects.filter(subscription__subscriber=subscriber).order_by("pk"):
        yield [when("asked_at", _("When"), link.asked_at), when("sent_at", _("Sent"), link.sent_at)]


def _bounces(subscriber: Subscriber) -> Iterator[Row]:
    came_back = SoftBounce.objects.filter(subscription__subscriber=subscriber)
    for bounce in came_back.select_related("subscription").order_by("pk"):
        subscription = bounce.subscription
        yield [
            when("occurred_at", _("When"), bounce.occurred_at),
            chosen("channel", _("Channel"), subscription.channel, subscription.get_channel_display()),
        ]


def _suppressions(subscriber: Subscriber) -> Iterator[Row]:
    for subscription in _subscriptions(subscriber):
        listed = Suppression.objects.filter(channel=subscription.channel, address_hash=subscription.address_hash)
        for suppression in listed:
            yield [
                when("since", _("Since"), suppression.since),
                chosen("channel", _("Channel"), suppression.channel, suppression.get_channel_display()),
                chosen("reason", _("Why"), suppression.reason, suppression.get_reason_display()),
            ]


OWN = [
    Section("about", gettext_lazy("What you told us"), _about),
    Section("addresses", gettext_lazy("Your addresses"), _addresses),
    Section("consents", gettext_lazy("What you agreed to or took back"), _consents),
    Section("forms", gettext_lazy("Forms that you sent"), _forms),
    Section("fresh_links", gettext_lazy("Links to this page that you asked for"), _links),
    Section("soft_bounces", gettext_lazy("Messages that came back for now"), _bounces),
    Section("suppressions", gettext_lazy("Why an address is not written to"), _suppressions),
]
