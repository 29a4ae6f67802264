"""What the demo's reports should say, counted anew: one plain query a figure, over the raw ledger and its events.

Nothing here is taken from ``outreach.reach``: the definitions are those of the list of indicators, written down again.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from home.editorial.checklist import checklist, last_answers
from home.editorial.models import ChecklistAnswer
from home.models import InfographicPage, RightsCardPage, StoryPage
from outreach.audience.models import Subscription
from outreach.broadcasts.models import Broadcast, Message
from outreach.delivery.models import Cohort, Delivery, Exclusion
from outreach.tracking.models import PageDay, TrackingEvent

OFFICE = ZoneInfo("America/Dominica")
WINDOW = timedelta(days=7)
"""Until so long after the end of a broadcast what comes back counts for it."""
REACHED = ("accepted", "delivered")
STATED = ("woman", "man", "another")
SUREST = ["head", "prefetch", "bot", "proxy", "honeypot", "burst", "soon"]
"""Why a machine is thought to be behind something, from what is surest."""
OPEN = "?"
"""Where a cohort leaves something open, and where the messages of one disagree."""
LANGUAGES = {"en", "fr", "es", "ht"}
"""The languages of the site that are finished."""

Count = int | None
"""``None`` is unknown."""


def quotient(part: Count, whole: Count) -> Fraction | None:
    """A part of a whole: unknown where the whole is nothing or unknown."""
    return Fraction(part or 0, whole) if whole else None


class Recount:
    """Some broadcasts together. A place is given by fields of a delivery, such as ``segment`` and ``gender``."""

    def __init__(self, broadcasts: Collection[Broadcast]) -> None:
        self.broadcasts = list(broadcasts)
        in_time = Q(pk=None)
        for each in self.broadcasts:
            assert each.finished_at
            in_time |= Q(broadcast=each, occurred_at__lt=each.finished_at + WINDOW)
        self.events = TrackingEvent.objects.filter(in_time)
        self.clicks = self.events.filter(kind="click")
        self._known: dict[tuple[str, ...], Count] = {}
        self._titles: dict[tuple[int, int], str] = {}

    def count(self, name: str, **place: str) -> Count:
        """A count by its name, in a place."""
        key = (name, *(part for item in sorted(place.items()) for part in item))
        if key not in self._known:
            self._known[key] = getattr(self, f"_{name}")(place)
        return self._known[key]

    def share(self, part: str, whole: str, **place: str) -> Fraction | None:
        """One count of another."""
        return quotient(self.count(part, **place), self.count(whole, **place))

    def completeness(self, name: str, **place: str) -> Fraction | None:
        """Who stated a gender, of all that one count counts."""
        return quotient(self._of_genders(name, STATED, place), self.count(name, **place))

    def female_share(self, name: str, **place: str) -> Fraction | None:
        """Women of those who stated a gender."""
        return quotient(self._of_genders(name, ("woman",), place), self._of_genders(name, STATED, place))

    def _of_genders(self, name: str, genders: Collection[str], place: dict[str, str]) -> int:
        return sum(self.count(name, **place, gender=gender) or 0 for gender in genders)

    # Messages

    def _lined_up(self, place: dict[str, str]) -> "QuerySet[Delivery]":
        if OPEN in place.values():
            return Delivery.objects.none()
        return Delivery.objects.filter(broadcast__in=self.broadcasts, **place)

    def _arrived(self, place: dict[str, str]) -> "QuerySet[Delivery]":
        return self._lined_up(place).filter(status__in=REACHED)

    def _with(self, deliveries: "QuerySet[Delivery]", events: "QuerySet[TrackingEvent]") -> "QuerySet[Delivery]":
        return deliveries.filter(pk__in=events.filter(delivery__isnull=False).values("delivery"))

    def _planned(self, place: dict[str, str]) -> int:
        return self._lined_up(place).count()

    def _attempted(self, place: dict[str, str]) -> int:
        return self._lined_up(place).exclude(status__in=("queued", "cancelled", "expired")).count()

    def _accepted(self, place: dict[str, str]) -> int:
        return self._arrived(place).count()

    def _bounced(self, place: dict[str, str]) -> int:
        return self._lined_up(place).filter(status="bounced").count()

    def _failed(self, place: dict[str, str]) -> int:
        tried = self._lined_up(place).exclude(status__in=("queued", "cancelled", "expired", "bounced"))
        return tried.exclude(status__in=REACHED).count()

    def _unsent(self, place: dict[str, str]) -> int:
        return self._lined_up(place).filter(status__in=("queued", "cancelled", "expired")).count()

    def _missed(self, place: dict[str, str]) -> int:
        return self._lined_up(place).exclude(status__in=REACHED).count()

    def _unsubscribed(self, place: dict[str, str]) -> int:
        return self._with(self._arrived(place), self.events.filter(kind="unsubscribe")).count()

    def _withdrawn(self, place: dict[str, str]) -> int:
        return self._with(self._arrived(place), self.events.filter(kind__in=("unsubscribe", "complaint"))).count()

    def _personal(self, place: dict[str, str]) -> "QuerySet[Delivery]":
        return self._arrived(place).filter(tracks_clicks=True)

    def _trackable(self, place: dict[str, str]) -> int:
        return self._personal(place).count()

    def _followed(self, place: dict[str, str]) -> "QuerySet[Delivery]":
        return self._with(self._personal(place), self.clicks.filter(machine_reason=""))

    def _clicked(self, place: dict[str, str]) -> Count:
        return self._followed(place).count() if self._trackable(place) else None

    def _open_trackable(self, place: dict[str, str]) -> int:
        return self._arrived(place).filter(tracks_opens=True).count()

    def _opened(self, place: dict[str, str]) -> Count:
        opens = self.events.filter(kind="open", machine_reason="")
        found = self._with(self._arrived(place).filter(tracks_opens=True), opens)
        return found.count() if self._open_trackable(place) else None

    def _machine_opened(self, place: dict[str, str]) -> Count:
        opens = self.events.filter(kind="open").exclude(machine_reason="")
        found = self._with(self._arrived(place).filter(tracks_opens=True), opens)
        return found.count() if self._open_trackable(place) else None

    def accepted_on(self, day: date) -> int:
        """Accepted messages that were settled on a day of the office."""
        begins = datetime(day.year, day.month, day.day, tzinfo=OFFICE)
        on_day = self._arrived({}).filter(settled_at__gte=begins, settled_at__lt=begins + timedelta(days=1))
        return on_day.count()

    # People

    def _people(self, place: dict[str, str]) -> int:
        return self._arrived(place).values("subscriber_id").distinct().count()

    def _trackable_people(self, place: dict[str, str]) -> int:
        return self._personal(place).values("subscriber_id").distinct().count()

    def _clickers(self, place: dict[str, str]) -> int:
        return self._followed(place).values("subscriber_id").distinct().count()

    def times(self) -> Counter[str]:
        """How many people got one message, two, … and at least five."""
        messages = Counter(self._arrived({}).values_list("subscriber_id", flat=True))
        return Counter(str(number) if number < 5 else "5+" for number in messages.values())

    # Shared links

    def _cohorts(self, place: dict[str, str]) -> "QuerySet[Cohort]":
        # No cohort knows the group of its people.
        if place.get("group", OPEN) != OPEN:
            return Cohort.objects.none()
        found = Cohort.objects.filter(broadcast__in=self.broadcasts)
        for field, value in place.items():
            if field != "group":
                found = found.filter(**({f"{field}__isnull": True} if value == OPEN else {field: value}))
        return found

    def _shared(self, place: dict[str, str]) -> "QuerySet[TrackingEvent]":
        return self.clicks.filter(delivery=None, cohort__in=self._cohorts(place))

    def _cohort_clicks(self, place: dict[str, str]) -> Count:
        if not self._cohorts(place).filter(size__gt=0).exists():
            return None
        return self._shared(place).filter(machine_reason="").count()

    def _machine_clicks(self, place: dict[str, str]) -> int:
        by_machines = self.clicks.exclude(machine_reason="")
        return self._with(self._arrived(place), by_machines).count() + by_machines.filter(delivery=None).count()

    def by_machines(self, kind: str, reason: str) -> Count:
        """Messages behind which a machine is for this reason, which is the surest of theirs, and clicks of cohorts."""
        if kind == "open" and not self.count("open_trackable"):
            return None
        surer = SUREST[: SUREST.index(reason)]
        events = self.events.filter(kind=kind)
        own = events.filter(machine_reason=reason)
        surely = events.filter(machine_reason__in=surer, delivery__isnull=False).values("delivery")
        able = self._arrived({}).filter(tracks_opens=True) if kind == "open" else self._arrived({})
        found = self._with(able, own).exclude(pk__in=surely).count()
        return found + own.filter(delivery=None).count()

    # Stories

    def of_story(self, name: str, story: str) -> int:
        """Messages with a click to a story (``clicked``), or clicks to it over shared links (``cohort_clicks``)."""
        by_people = self.clicks.filter(machine_reason="")
        if name == "clicked":
            followed = by_people.filter(delivery__in=self._personal({}))
            rows = followed.values_list("delivery", "link", "delivery__message").distinct()
            return len({delivery for delivery, link, message in rows if self._leads(message, link or 0) == story})
        shared = by_people.filter(delivery=None).select_related("cohort")
        return sum(self._leads_together(event) == story for event in shared)

    def _leads(self, message: int, link: int) -> str:
        """The title of the story, in the language in which it was chosen, to which a link leads; else nothing."""
        if (message, link) not in self._titles:
            found = Message.objects.select_related("broadcast").get(pk=message)
            carried = [each.page for each in found.broadcast.carried.select_related("page")]
            target = found.links[link - 1].split("?")[0]
            titles = (
                page.title
                for page in carried
                if target in {each.full_url for each in page.get_translations(inclusive=True)}
            )
            self._titles[message, link] = next(titles, "")
        return self._titles[message, link]

    def _leads_together(self, event: TrackingEvent) -> str:
        cohort = event.cohort
        assert cohort
        messages = Message.objects.filter(broadcast=event.broadcast_id)
        if cohort.channel:
            messages = messages.filter(channel=cohort.channel)
        if cohort.language:
            own = messages.filter(language=cohort.language)
            messages = own or messages.filter(language=event.broadcast.fallback_language)
        found = {self._leads(message.pk, event.link or 0) for message in messages}
        return found.pop() if len(found) == 1 else OPEN

    # Who was not reached

    def excluded(self, **where: str) -> int:
        """Subscriptions that were considered and got no message, by ``reason`` and ``channel``."""
        rows = Exclusion.objects.filter(broadcast__in=self.broadcasts, **where)
        return rows.aggregate(sum=Sum("count"))["sum"] or 0


def read_on_site(field: str, first: date, last: date, **only: object) -> int:
    """The sum of a count of page views over the days of a period, both included."""
    days = PageDay.objects.filter(day__gte=first, day__lte=last, **only)
    return days.aggregate(sum=Sum(field))["sum"] or 0


def active_subscribers() -> int:
    """Who can be written to now."""
    rows = Subscription.objects.filter(state="active", allows_messages=True)
    return len(set(rows.values_list("subscriber", flat=True)))


class Published:
    """The items of the site that were first published in a period: each once, whatever its languages."""

    def __init__(self, first: date, last: date) -> None:
        pages = [
            page
            for kind in (StoryPage, InfographicPage, RightsCardPage)
            for page in kind.objects.filter(live=True, alias_of=None, first_published_at__isnull=False)
        ]
        by_item: dict[object, list[StoryPage | InfographicPage | RightsCardPage]] = {}
        for page in sorted(pages, key=lambda page: (page.first_published_at, page.pk)):
            by_item.setdefault(page.translation_key, []).append(page)
        self.items = [
            found
            for found in by_item.values()
            if first <= found[0].first_published_at.astimezone(OFFICE).date() <= last
        ]

    def in_every_language(self, campaign: int | None) -> int:
        """Those that are live in all languages in which a campaign wrote; without one, in all of the site."""
        written = Message.objects.filter(broadcast__campaign=campaign).values_list("language", flat=True)
        wanted = set(written) if campaign else LANGUAGES
        return sum({page.locale.language_code for page in item} >= wanted for item in self.items)

    def accessible(self) -> int:
        """Those all of whose pages pass what the checklist asks of summary and pictures, and say figures in words."""
        answers = last_answers(item[0].translation_key for item in self.items)
        return sum(
            all(self._is_accessible(page, answers.get(page.translation_key, {})) for page in item)
            for item in self.items
        )

    @staticmethod
    def _is_accessible(page: StoryPage | InfographicPage | RightsCardPage, answers: dict[str, ChecklistAnswer]) -> bool:
        if isinstance(page, InfographicPage) and not page.text_summary.strip():
            return False
        if isinstance(page, StoryPage):
            # The demo has neither sound nor film.
            assert not {block["type"] for block in page.body.raw_data} & {"audio", "video"}
        entries = checklist(page, answers=answers)
        return not any(each.is_open for each in entries if each.item.key in ("summary", "alt_texts"))

    def quoted(self) -> Counter[str]:
        """How often each gender speaks, as it was stated: a person once in an item, whatever they say in it."""
        genders: Counter[str] = Counter()
        for item in self.items:
            if isinstance(item[0], StoryPage):
                quotes = [block["value"] for block in item[0].body.raw_data if block["type"] == "quote"]
                people = {(each["speaker"].strip(), each["gender"], each["function"]) for each in quotes}
                genders.update(gender for _name, gender, function in people if function != "document")
        return genders
