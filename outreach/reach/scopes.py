"""What a reader may ask for: a campaign, a period and a broadcast of the fixed list, and nothing in between."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.campaign_words import names_of
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.title_words import titles_of
from outreach.row_numbers import row_number

from . import periods
from .metrics.kept import Definitions
from .periods import Period, UnknownPeriod
from .snapshots.models import Snapshot
from .tables import EVALUATORS_K, Report, UnknownBroadcast, UnknownSnapshot, counted_broadcasts, report


class UnknownScope(LookupError):
    """There are no figures for what was asked; its message tells the reader what to do."""


@dataclass(frozen=True)
class Scope:
    """What was asked for, as it stands in an address; empty means all. ``snapshot`` names one version, old or new."""

    campaign: str = ""
    period: str = ""
    broadcast: str = ""
    snapshot: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The parts that are not empty, for an address."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Offer:
    """Everything that can be asked for."""

    campaigns: Sequence[Campaign]
    periods: Sequence[Period]
    broadcasts: Sequence[Broadcast]

    @property
    def named_campaigns(self) -> list[tuple[Campaign, str]]:
        """The campaigns with their names in the language in use. One query at most."""
        names = names_of({each: each.name for each in self.campaigns})
        return sorted(names.items(), key=lambda named: named[1].casefold())

    @property
    def named_broadcasts(self) -> list[tuple[Broadcast, str]]:
        """The broadcasts with their titles in the language in use. Two queries at most."""
        titles = titles_of({each.pk: each.title for each in self.broadcasts})
        return [(each, titles[each.pk]) for each in self.broadcasts]


def offered() -> Offer:
    """The fixed list: what was counted, and the periods in which it ended. Two queries."""
    counted = list(counted_broadcasts().select_related("freeze", "rebuild", "campaign"))
    campaigns = {each.campaign.pk: each.campaign for each in counted if each.campaign}
    ends = [each.finished_at for each in counted if each.finished_at]
    return Offer(
        sorted(campaigns.values(), key=lambda campaign: campaign.name.casefold()), periods.around(ends), counted
    )


def first(offer: Offer) -> Scope:
    """For who asked for nothing: the latest frozen period, else the latest closed broadcast, else all that ended."""
    taken = Snapshot.objects.order_by("-last_day", "-number").select_related("campaign")
    period = taken.exclude(kind=Snapshot.Kind.BROADCAST).first()
    if period:
        code = "" if period.kind == Snapshot.Kind.CAMPAIGN else period.place.partition("/")[0]
        return Scope(campaign=period.campaign.slug if period.campaign else "", period=code)
    closed = taken.filter(broadcast__in=[each.pk for each in offer.broadcasts]).first()
    return Scope(broadcast=str(closed.broadcast_id)) if closed else Scope()


def read(scope: Scope, *, k: int = EVALUATORS_K, offer: Offer | None = None) -> Report:
    """The figures of a scope; raises :class:`UnknownScope` for what is not in the fixed list."""
    if scope.snapshot:
        return _stored(scope.snapshot, k)
    known = offer or offered()
    if scope.broadcast:
        return _one(scope, known, k)
    if not scope.campaign and not scope.period:
        return report(k=k)
    campaign = next((each for each in known.campaigns if each.slug == scope.campaign), None)
    if scope.campaign and campaign is None:
        raise UnknownScope(_("There is no campaign with this name that has figures. Choose one from the list."))
    period = _period(scope.period)
    return report(period=period, campaign=campaign, k=k)


def _stored(number: str, k: int) -> Report:
    try:
        return report(snapshot=_number(number), k=k)
    except UnknownSnapshot:
        raise UnknownScope(_("There is no snapshot with this number. Choose from the list.")) from None


def definitions_of(number: str) -> tuple[Definitions, str]:
    """The definitions with which a snapshot was stored, and their version; raises :class:`UnknownScope`."""
    found = _stored(number, EVALUATORS_K)
    assert found.snapshot is not None
    return found.defined, found.snapshot.definitions


def _number(asked: str) -> int:
    number = row_number(asked)
    if number is None:
        raise UnknownScope(_("A broadcast is asked for by its number. Choose one from the list."))
    return number


def _one(scope: Scope, known: Offer, k: int) -> Report:
    number = _number(scope.broadcast)
    found = next((each for each in known.broadcasts if each.pk == number), None)
    if found is None:
        raise UnknownScope(_("There is no broadcast with this number that has figures. Choose one from the list."))
    period = _period(scope.period)
    if (scope.campaign and (not found.campaign or found.campaign.slug != scope.campaign)) or not _is_in(
        found, None, period
    ):
        raise UnknownScope(_("This broadcast is not of that campaign and period. Leave one of them open."))
    try:
        return report(broadcast=found.pk, k=k)
    except UnknownBroadcast:
        raise UnknownScope(_("This broadcast has no figures any more.")) from None


def _period(code: str) -> Period | None:
    try:
        return periods.parse(code) if code else None
    except UnknownPeriod as unknown:
        raise UnknownScope(str(unknown)) from None


def _is_in(broadcast: Broadcast, campaign: Campaign | None, period: Period | None) -> bool:
    if campaign and broadcast.campaign_id != campaign.pk:
        return False
    return not period or bool(broadcast.finished_at and period.has(broadcast.finished_at))
