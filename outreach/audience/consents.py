"""The consent ledger: what a person agreed to or took back is added to it, and nothing in it is ever changed.

The ``allows_`` flags of a subscription repeat what the ledger grants (:mod:`.granted`); only this module writes them.
Times are UTC.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, CharField, F, QuerySet, Value, When

from .choices import Purpose
from .granted import granting
from .models import Consent, Subscription
from .wording import Wordings, current_version, find

if TYPE_CHECKING:
    from django.contrib.auth.models import User

AT_ONCE = 500
"""So many subscriptions are written with one statement."""


@transaction.atomic
def record(
    *,
    subscription: Subscription,
    purpose: str,
    granted: bool,
    language: str,
    method: str,
    now: datetime,
    given_at: datetime | None = None,
    actor: "User | None" = None,
    evidence: str = "",
    wording_version: str = "",
) -> Consent:
    """Add one entry and set the subscription's flag for ``purpose`` to what the ledger then says.

    ``wording_version`` is the version that the person saw, the current one if empty, and ``language`` that of the page
    or sheet; where the version has no text in it, English is recorded. ``given_at`` is when the person said so, if that
    was before ``now``; ``evidence`` says where the proof is kept. Raises ``ValueError`` for what is not one of
    :class:`~outreach.audience.choices.Purpose`, and for a time to come.
    """
    flag = f"allows_{Purpose(purpose).value}"
    version = wording_version or current_version(purpose)
    consent = Consent.objects.create(
        subscriber_id=subscription.subscriber_id,
        channel=subscription.channel,
        purpose=purpose,
        granted=granted,
        wording_version=version,
        language=_shown_in(purpose, version, language),
        evidence=evidence,
        method=method,
        actor=actor,
        actor_name=actor.get_username() if actor else "",
        **_times(now, given_at, withdrawn_at=_withdrawn_at(subscription, purpose) if granted else None),
    )
    rows = Subscription.objects.filter(pk=subscription.pk)
    if granted and given_at:
        # Something may have been taken back since.
        rows.update(**{flag: granting(purpose)})
        granted = rows.values_list(flag, flat=True).get()
    else:
        rows.update(**{flag: granted})
    setattr(subscription, flag, granted)
    return consent


@transaction.atomic
def record_many(
    *,
    subscriptions: Iterable[int],
    wording_versions: Mapping[str, str],
    granted: bool = True,
    language: str | None = None,
    method: str,
    now: datetime,
    given_at: datetime | None = None,
    actor: "User | None" = None,
    evidence: str = "",
) -> int:
    """What :func:`record` does, for many subscriptions, named by their numbers; returns how many entries were added.

    ``wording_versions`` are the versions by purpose, each with an entry of its own. ``language`` is that of the words
    that were shown, each person's own if ``None``. Two statements for a purpose and 500 subscriptions.
    """
    times = _times(now, given_at, withdrawn_at=None)
    wordings = Wordings.load()
    added = 0
    for numbers in _portions(subscriptions):
        chosen = Subscription.objects.filter(pk__in=numbers)
        for purpose, version in wording_versions.items():
            same_for_all = {
                "purpose": Purpose(purpose).value,
                "granted": granted,
                "wording_version": version,
                "method": method,
                "actor_id": actor.pk if actor else None,
                "actor_name": actor.get_username() if actor else "",
                "evidence": evidence,
                **times,
            }
            added += _insert(chosen, language=_languages(wordings, purpose, version, language), **same_for_all)
        flags = {f"allows_{purpose}": granting(purpose) if granted else Value(False) for purpose in wording_versions}
        chosen.update(**flags)
    return added


def agree(
    *,
    subscription: Subscription,
    wording_versions: dict[str, str],
    language: str,
    method: str,
    now: datetime,
    asked: Iterable[str] = tuple(Purpose.values),
) -> None:
    """Make the person's consents to what was ``asked`` exactly those in ``wording_versions`` (version by purpose).

    A purpose already granted is recorded again only if the person has now seen other words.
    """
    seen = _versions_agreed_to(subscription)
    for purpose in asked:
        version = wording_versions.get(purpose)
        if version and seen.get(purpose) != version:
            record(
                subscription=subscription,
                purpose=purpose,
                granted=True,
                language=language,
                method=method,
                now=now,
                wording_version=version,
            )
        elif version is None and subscription.allows(purpose):
            record(subscription=subscription, purpose=purpose, granted=False, language=language, method=method, now=now)


def _versions_agreed_to(subscription: Subscription) -> dict[str, str]:
    """The wording version behind each purpose that is granted now."""
    entries = Consent.objects.filter(
        subscriber_id=subscription.subscriber_id, channel=subscription.channel, granted=True
    ).order_by("id")
    return {entry.purpose: entry.wording_version for entry in entries if subscription.allows(entry.purpose)}


def _times(now: datetime, given_at: datetime | None, *, withdrawn_at: datetime | None) -> dict[str, datetime | None]:
    """When it was said and, if that was before, when it was written down.

    What is said now follows what was withdrawn before, though the clocks of two machines differ by a moment.
    """
    if given_at is None:
        return {"given_at": max(now, withdrawn_at or now), "recorded_at": None}
    if given_at > now:
        raise ValueError(given_at)
    return {"given_at": given_at, "recorded_at": now}


def _withdrawn_at(subscription: Subscription, purpose: str) -> datetime | None:
    withdrawals = Consent.objects.filter(
        subscriber_id=subscription.subscriber_id, channel=subscription.channel, purpose=purpose, granted=False
    )
    return withdrawals.order_by("-given_at").values_list("given_at", flat=True).first()


def _shown_in(purpose: str, version: str, language: str) -> str:
    """The language of the words that were shown; that of the page where the version is not known here."""
    try:
        return find(purpose, version, language).language
    except KeyError:
        return language


def _languages(wordings: Wordings, purpose: str, version: str, language: str | None) -> Case:
    """In which language the words were shown to each subscriber, for a query of subscriptions."""

    def shown_in(code: str) -> str:
        try:
            return wordings.words(purpose, version, code).language
        except KeyError:
            return code

    if language is not None:
        return Case(default=Value(shown_in(language)), output_field=CharField())
    others = [
        When(subscriber__language=code, then=Value(shown_in(code)))
        for code, _name in settings.LANGUAGES
        if shown_in(code) != code
    ]
    return Case(*others, default=F("subscriber__language"), output_field=CharField())


def _insert(chosen: QuerySet[Subscription], *, language: Case, **same_for_all: Any) -> int:
    """Add an entry for each subscription with one ``INSERT … SELECT``."""
    sql, params = (
        chosen.annotate(shown_in=language).values("subscriber_id", "channel", "shown_in").query.sql_with_params()
    )
    values = [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
        for value in same_for_all.values()
    ]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Consent._meta.db_table)} "  # noqa: S608
            f"({', '.join(map(quote, ['subscriber_id', 'channel', 'language', *same_for_all]))}) "
            f"SELECT subscriber_id, channel, shown_in, {', '.join(['%s'] * len(values))} FROM ({sql}) AS chosen",
            [*values, *params],
        )
        return int(cursor.rowcount)


def _portions(numbers: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(numbers)
    while portion := list(islice(waiting, AT_ONCE)):
        yield portion
