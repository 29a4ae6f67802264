"""Editions: one for each time, about what is new, and nothing is sent that nobody agreed to."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from types import ModuleType

import pytest
from django.db import IntegrityError, connection, transaction

from home.models import NewsPage, StoryPage
from outreach.audience.models import Segment
from outreach.audience.rules import EVERYBODY
from outreach.audience.segments import history as segment_history
from outreach.broadcasts import services
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.refusals import ApprovalVoid, OwnSubmission
from outreach.broadcasts.rendering import build
from outreach.broadcasts.series import approval, editions
from outreach.broadcasts.series.models import Series, SeriesApproval
from outreach.broadcasts.series.pages import new_pages
from outreach.broadcasts.standing import digest
from outreach.delivery import lifecycle
from outreach.delivery.models import Delivery
from tests.outreach.broadcasts.conftest import approve, make_private, translate

from .conftest import MONDAY, TUESDAY, WEEK

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
State = Broadcast.State


def publish(stories, slug: str, at: datetime, *topics: str) -> StoryPage:
    """A story that was first published at that moment."""
    page = stories.add_child(instance=StoryPage(title=slug.capitalize(), slug=slug, summary="New."))
    for topic in topics:
        page.topics.create(topic=topic)
    page.save_revision().publish()
    StoryPage.objects.filter(pk=page.pk).update(first_published_at=at)
    page.refresh_from_db()
    return page


def announce(news, slug: str, at: datetime, *topics: str) -> NewsPage:
    """A news item that was first published at that moment."""
    item = NewsPage(title=slug.capitalize(), slug=slug, summary="Said.", place="Roseau", source="The office")
    news.add_child(instance=item)
    for topic in topics:
        item.topics.create(topic=topic)
    item.save_revision().publish()
    NewsPage.objects.filter(pk=item.pk).update(first_published_at=at)
    item.refresh_from_db()
    return item


def make(now: datetime) -> list[Broadcast]:
    """Let a worker look; the editions there are then."""
    editions.make_due(now=now)
    return list(Broadcast.objects.filter(series__isnull=False).order_by("occurrence"))


def carried(edition: Broadcast) -> list[int]:
    """The numbers of the pages that it carries, in order."""
    return list(edition.carried.values_list("page", flat=True))


@pytest.fixture
def readers(joined):
    return [joined("email", "en"), joined("email", "fr")]


def test_a_draft_is_made_so_many_hours_ahead_and_not_before(series, stories):
    publish(stories, "farm", TUESDAY)

    assert make(MONDAY - DAY - timedelta(seconds=1)) == []
    (edition,) = make(MONDAY - DAY)

    assert edition.state == State.DRAFT
    assert edition.occurrence == edition.send_at == MONDAY
    assert edition.title == "The week's stories, 7 December 2026"
    assert list(edition.segments.all()) == list(series.segments.all())


def test_editions_count_for_the_campaign_of_their_series_from_the_next_one_on(series, stories, everybody, editor):
    publish(stories, "farm", TUESDAY)
    (first,) = make(MONDAY - DAY)
    assert first.campaign is None
    read, word = approval.version(series), approval.rule_hash(series)
    series.campaign = Campaign.objects.create(name="One", slug="one", starts_on="2026-01-01", ends_on="2026-12-31")
    approval.change(series=series, segments=[everybody], user=editor, now=MONDAY)
    assert approval.version(series) != read
    # Whoever agreed to it in advance agreed to texts and audience, as with any broadcast.
    assert approval.rule_hash(series) == word
    publish(stories, "shop", MONDAY + DAY)

    assert [each.campaign for each in make(MONDAY + WEEK - DAY)] == [None, series.campaign]


def test_however_often_workers_look_an_edition_is_made_once(series, stories):
    publish(stories, "farm", TUESDAY)
    for _look in range(3):
        assert len(make(MONDAY - DAY)) == 1
    assert len(make(MONDAY)) == 1


def test_a_clock_that_goes_back_makes_no_edition_twice(series, stories):
    publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    publish(stories, "shop", TUESDAY)
    assert len(make(MONDAY - 2 * DAY)) == 1
    assert len(make(MONDAY - DAY)) == 1


def test_the_database_too_refuses_a_second_edition_of_one_time(series, stories):
    publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.create(title="Twice", series=series, occurrence=MONDAY)


def test_pausing_and_resuming_makes_no_edition_twice(series, stories, editor):
    publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    approval.pause(series=series, user=editor, now=MONDAY - DAY)
    approval.resume(series=series, user=editor, now=MONDAY - DAY)
    publish(stories, "shop", MONDAY - timedelta(hours=23))

    assert len(make(MONDAY - timedelta(hours=22))) == 1
    assert [each.occurrence for each in make(MONDAY + WEEK - DAY)] == [MONDAY, MONDAY + WEEK]


def test_a_series_that_is_moved_to_a_later_hour_has_no_second_edition_that_day(series, stories, everybody, editor):
    publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    publish(stories, "shop", MONDAY - timedelta(hours=23))
    series.local_time = time(15)
    approval.change(series=series, segments=[everybody], user=editor, now=MONDAY - timedelta(hours=22))

    assert [each.occurrence for each in make(MONDAY)] == [MONDAY]
    later = timedelta(hours=6)
    made = make(MONDAY + WEEK - DAY + later)
    assert [each.occurrence for each in made] == [MONDAY, MONDAY + WEEK + later]
    assert len(carried(made[1])) == 1, "what was published since is told the week after"


def test_a_paused_series_makes_nothing_and_makes_up_for_nothing(series, stories, editor):
    publish(stories, "farm", TUESDAY)
    approval.pause(series=series, user=editor, now=TUESDAY)
    assert make(MONDAY + 2 * WEEK) == []
    approval.resume(series=series, user=editor, now=MONDAY + 2 * WEEK + DAY)
    assert make(MONDAY + 2 * WEEK + DAY) == []
    assert [each.occurrence for each in make(MONDAY + 3 * WEEK - DAY)] == [MONDAY + 3 * WEEK]


def test_of_weeks_that_passed_while_nothing_ran_the_last_alone_is_made_up_for(series, stories):
    publish(stories, "farm", TUESDAY)

    (edition,) = make(MONDAY + 3 * WEEK + DAY)

    assert edition.occurrence == MONDAY + 3 * WEEK
    assert make(MONDAY + 3 * WEEK + 2 * DAY) == [edition]


def test_a_week_that_was_missed_is_not_made_up_for_when_the_next_is_near(series, stories):
    publish(stories, "farm", TUESDAY)
    assert [each.occurrence for each in make(MONDAY + WEEK - DAY)] == [MONDAY + WEEK]


def test_without_a_new_story_there_is_no_edition_and_that_is_told(series, stories):
    publish(stories, "old", TUESDAY - 8 * DAY)

    assert make(MONDAY - DAY) == []

    series.refresh_from_db()
    assert series.skipped_at == MONDAY
    publish(stories, "farm", MONDAY)
    assert [each.occurrence for each in make(MONDAY + WEEK - DAY)] == [MONDAY + WEEK]


def test_each_story_is_told_of_once(series, stories):
    publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    shop = publish(stories, "shop", MONDAY)
    _first, second = make(MONDAY + WEEK - DAY)
    assert carried(second) == [shop.pk]
    assert "Farm" not in "".join(second.messages.values_list("body", flat=True))


def test_an_edition_leads_with_the_newest_story_and_links_the_others_in_each_language(series, stories, readers):
    farm, shop = publish(stories, "farm", TUESDAY), publish(stories, "shop", TUESDAY + DAY)
    ferme = translate(farm, "fr", "La ferme <b>")
    translate(shop, "fr", "La boutique")

    (edition,) = make(MONDAY - DAY)

    assert carried(edition) == [shop.pk, farm.pk]
    english, french = (edition.messages.get(channel="email", language=code) for code in ("en", "fr"))
    assert english.subject == "Shop"
    assert "<b>Farm</b>" in english.body
    assert f"http://testserver{farm.url}" in build(english).links
    assert french.subject == "La boutique"
    assert "<b>La ferme &lt;b&gt;</b>" in french.body
    assert f"http://testserver{ferme.url}" in build(french).links


def test_a_rule_chooses_a_topic_and_at_most_so_many(stories, story):
    for number in range(4):
        publish(stories, f"farm-{number}", TUESDAY + timedelta(hours=number), "work")
    publish(stories, "vote", TUESDAY + timedelta(hours=9), "rights")
    StoryPage.objects.get(slug="farm-3").unpublish()
    span = {"since": TUESDAY, "until": TUESDAY + DAY}

    def slugs(topic: str, most: int) -> list[str]:
        return [page.slug for page in new_pages(**span, carries="stories", topic=topic, most=most)]

    assert slugs("work", 9) == ["farm-2", "farm-1"]
    assert slugs("work", 1) == ["farm-2"]
    assert slugs("", 9) == ["vote", "farm-2", "farm-1"]


def test_a_late_translation_makes_no_story_new(stories):
    old = publish(stories, "old", TUESDAY - 30 * DAY)
    late = translate(old, "fr", "Vieille")
    StoryPage.objects.filter(pk=late.pk).update(first_published_at=TUESDAY)

    assert new_pages(carries="stories", since=TUESDAY - DAY, until=TUESDAY + DAY, topic="", most=5) == []


@pytest.mark.parametrize(
    ("carries", "told"),
    [
        ("stories", ["shop", "farm"]),
        ("news", ["vote", "bus"]),
        ("both", ["vote", "shop", "bus", "farm"]),
    ],
)
def test_a_series_tells_of_stories_of_news_or_of_both_the_newest_first(stories, news, carries, told):
    publish(stories, "farm", TUESDAY)
    announce(news, "bus", TUESDAY + timedelta(hours=1))
    publish(stories, "shop", TUESDAY + timedelta(hours=2))
    announce(news, "vote", TUESDAY + timedelta(hours=3))
    span = {"since": TUESDAY - DAY, "until": TUESDAY + DAY, "topic": ""}

    assert [page.slug for page in new_pages(**span, carries=carries, most=9)] == told
    assert [page.slug for page in new_pages(**span, carries=carries, most=1)] == told[:1]


def test_news_follows_the_rules_of_stories(stories, news):
    old = announce(news, "old", TUESDAY - 30 * DAY, "work")
    late = translate(old, "fr", "Vieille")
    NewsPage.objects.filter(pk=late.pk).update(first_published_at=TUESDAY)
    announce(news, "gone", TUESDAY, "work").unpublish()
    announce(news, "other", TUESDAY, "rights")
    kept = announce(news, "kept", TUESDAY, "work")

    found = new_pages(carries="both", since=TUESDAY - DAY, until=TUESDAY + DAY, topic="work", most=9)
    assert found == [kept]


def test_a_digest_carries_stories_and_news_in_each_language(series, stories, news, readers, approver):
    Series.objects.update(carries="both")
    farm, bus = publish(stories, "farm", TUESDAY), announce(news, "bus", TUESDAY + DAY)
    translate(farm, "fr", "La ferme")
    autobus = translate(bus, "fr", "Le bus <b>")

    (edition,) = make(MONDAY - DAY)

    assert carried(edition) == [bus.pk, farm.pk]
    english, french = (edition.messages.get(channel="email", language=code) for code in ("en", "fr"))
    assert english.subject == "Bus"
    assert "Read the news" in english.body
    assert "Read the story" in english.body
    assert f"http://testserver{bus.url}" in build(english).links
    assert french.subject == "Le bus <b>"
    assert "<b>La ferme</b>" in french.body
    assert f"http://testserver{autobus.url}" in build(french).links


def test_without_news_a_series_of_news_makes_no_edition(series, stories):
    Series.objects.update(carries="news")
    publish(stories, "farm", TUESDAY)

    assert make(MONDAY - DAY) == []
    series.refresh_from_db()
    assert series.skipped_at == MONDAY


def test_a_word_given_for_stories_does_not_hold_for_news(series, stories, news, readers, approver):
    agree(series, approver)
    series.carries = "both"
    approval.change(series=series, segments=series.segments.all(), user=series.edited_by, now=TUESDAY)
    announce(news, "bus", TUESDAY)

    (edition,) = make(MONDAY - DAY)

    assert edition.state == State.DRAFT


def test_a_word_given_before_a_series_could_choose_still_holds(series):
    """The hash is that of a rule that says nothing of kinds."""
    rule = {name: getattr(series, name) for name in approval.RULE}
    segments = list(series.segments.values("code", "rule"))
    before = digest({**rule, "local_time": "09:00:00", "segments": segments})

    assert approval.rule_hash(series) == before
    series.carries = "news"
    assert approval.rule_hash(series) != before


def test_an_edition_is_approved_like_any_broadcast_and_not_by_who_wrote_the_rule(
    series, stories, readers, approver, member
):
    publish(stories, "farm", TUESDAY)
    (edition,) = make(MONDAY - DAY)
    services.submit(broadcast=edition, user=member("superuser"), now=MONDAY - DAY)

    with pytest.raises(OwnSubmission):
        approve(edition, series.edited_by, MONDAY - DAY)
    approve(edition, approver, MONDAY - DAY, send_at=MONDAY)
    edition.refresh_from_db()
    assert edition.state == State.SCHEDULED


def agree(series: Series, approver) -> None:
    approval.approve(series=series, read=approval.rule_hash(series), user=approver, now=TUESDAY)


def test_with_a_second_persons_word_in_advance_an_edition_is_scheduled(series, stories, readers, approver, editor):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)

    (edition,) = make(MONDAY - DAY)

    assert (edition.state, edition.send_at) == (State.SCHEDULED, MONDAY)
    given = edition.approvals.get()
    assert (given.submitted_by, given.approved_by) == (editor, approver)
    services.verify_approval(edition)
    message = edition.messages.first()
    message.subject = "Edited"
    services.write(message=message, user=editor, now=MONDAY - DAY)
    edition.refresh_from_db()
    assert edition.state == State.DRAFT


def test_a_word_given_in_advance_sends_no_private_story(series, stories, readers, approver):
    agree(series, approver)
    make_private(publish(stories, "draft", TUESDAY))
    assert make(MONDAY - DAY) == []

    public = publish(stories, "farm", MONDAY + DAY)
    make_private(publish(stories, "shop", MONDAY + DAY))
    (edition,) = make(MONDAY + WEEK - DAY)
    assert (edition.state, carried(edition)) == (State.SCHEDULED, [public.pk])

    make_private(public)
    assert not lifecycle.start(broadcast_id=edition.pk, now=MONDAY + WEEK)
    assert not Delivery.objects.exists()


def test_nobody_agrees_in_advance_to_their_own_rule_or_to_one_that_they_did_not_read(series, approver, editor):
    read = approval.rule_hash(series)
    with pytest.raises(OwnSubmission):
        approval.approve(series=series, read=read, user=editor, now=TUESDAY)
    series.most_stories = 2
    approval.change(series=series, segments=series.segments.all(), user=editor, now=TUESDAY)
    with pytest.raises(ApprovalVoid):
        approval.approve(series=series, read=read, user=approver, now=TUESDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeriesApproval.objects.create(
            series=series, rule_hash="", edited_by=editor, approved_by=editor, approved_at=TUESDAY
        )


def test_who_only_renames_a_series_did_not_write_its_rule(series, approver, editor):
    series.title = "Stories of the week"
    approval.change(series=series, segments=series.segments.all(), user=approver, now=TUESDAY)
    with pytest.raises(OwnSubmission):
        agree(series, editor)
    agree(series, approver)

    segment = Segment.objects.create(code="w", name="W", rule={"field": "group", "in": ["worker"]})
    approval.change(series=series, segments=[segment], user=approver, now=TUESDAY)
    with pytest.raises(OwnSubmission):
        agree(series, approver)


def change_rule(series, approver):
    Series.objects.update(topic="")
    series.refresh_from_db()
    series.channels = ["email"]
    approval.change(series=series, segments=series.segments.all(), user=series.edited_by, now=TUESDAY)


BREAKS = {
    "the rule was changed": change_rule,
    "a segment was changed": lambda series, approver: Segment.objects.update(rule={"field": "language", "in": ["fr"]}),
    "the word was taken back": lambda series, approver: approval.withdraw(series=series, user=approver, now=TUESDAY),
    "the approver left the team": lambda series, approver: (
        type(approver).objects.filter(pk=approver.pk).update(is_active=False)
    ),
    "the approver lost the role": lambda series, approver: approver.groups.clear(),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_word_in_advance_does_not_hold_when(series, stories, readers, approver, what):
    agree(series, approver)
    BREAKS[what](series, approver)
    publish(stories, "farm", TUESDAY)

    (edition,) = make(MONDAY - DAY)

    assert edition.state == State.DRAFT
    assert not edition.approvals.exists()


def test_what_lacks_something_stays_a_draft_whatever_was_agreed(series, stories, approver):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)

    (edition,) = make(MONDAY - DAY)

    assert edition.state == State.DRAFT, "nobody would get it"


def test_an_edition_that_was_made_up_for_follows_its_rule_for_missed_times(series, stories, readers, approver):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)
    (edition,) = make(MONDAY + DAY)

    lifecycle.start_due(now=MONDAY + DAY)

    edition.refresh_from_db()
    assert edition.state == State.PAUSED


def test_an_edition_keeps_its_local_time_over_a_change_of_the_clocks(settings, everybody, editor, stories):
    settings.OFFICE_TIME_ZONE = "Europe/Paris"
    october = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
    series = Series(title="Sundays", weekdays=[6], hours_ahead=24)
    approval.begin(series=series, user=editor, now=october)
    made = []
    for week in range(2):
        publish(stories, f"story-{week}", october + week * WEEK)
        made = make(october + timedelta(days=4, hours=23) + week * WEEK)

    assert [each.occurrence for each in made] == [
        datetime(2026, 10, 25, 8, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 8, 0, tzinfo=UTC),
    ]


def test_a_series_that_fails_holds_up_no_other(series, stories, editor, caplog):
    broken = Series(title="Broken", weekdays=[0], channels=["pigeon"])
    approval.begin(series=broken, user=editor, now=TUESDAY)
    Series.objects.filter(pk=broken.pk).update(weekdays="nonsense")
    publish(stories, "farm", TUESDAY)
    Series.objects.filter(pk=series.pk).update(title="Later in the alphabet")

    assert [each.series_id for each in make(MONDAY - DAY)] == [series.pk]
    assert f"series {broken.pk} could not be made" in caplog.text


def test_what_a_dropped_edition_would_have_told_is_told_by_the_next(series, stories, readers, approver):
    Series.objects.update(missed_rule="drop")
    series.refresh_from_db()
    agree(series, approver)
    farm = publish(stories, "farm", TUESDAY)

    assert make(MONDAY + 2 * DAY) == [], "the worker was away, and the deadline passed"
    series.refresh_from_db()
    assert series.skipped_at == MONDAY
    (edition,) = make(MONDAY + WEEK - DAY)

    assert (edition.occurrence, carried(edition)) == (MONDAY + WEEK, [farm.pk])


def test_an_edition_that_was_made_and_then_dropped_gives_its_stories_back(series, stories, readers, approver):
    Series.objects.update(missed_rule="drop")
    series.refresh_from_db()
    agree(series, approver)
    told = publish(stories, "told", TUESDAY)
    (first,) = make(MONDAY - DAY)
    Broadcast.objects.filter(pk=first.pk).update(state="finished", created_at=MONDAY - DAY)
    farm = publish(stories, "farm", MONDAY + DAY)
    (_first, dropped) = make(MONDAY + WEEK - DAY)
    dropped.carried.create(page=told, place=9)
    assert dropped.state == State.SCHEDULED

    lifecycle.start_due(now=MONDAY + WEEK + 2 * DAY)
    dropped.refresh_from_db()
    assert dropped.state == State.EXPIRED
    (*_before, third) = make(MONDAY + 2 * WEEK - DAY)

    assert carried(third) == [farm.pk], "what was told before is not told again"


def test_two_dropped_editions_in_a_row_are_told_by_the_third(series, stories, readers, approver):
    Series.objects.update(missed_rule="drop")
    series.refresh_from_db()
    agree(series, approver)
    farm = publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    lifecycle.start_due(now=MONDAY + 2 * DAY)
    shop = publish(stories, "shop", MONDAY + 3 * DAY)
    make(MONDAY + WEEK - DAY)
    lifecycle.start_due(now=MONDAY + WEEK + 2 * DAY)

    *dropped, third = make(MONDAY + 2 * WEEK - DAY)

    assert [each.state for each in dropped] == [State.EXPIRED, State.EXPIRED]
    assert carried(third) == [shop.pk, farm.pk]


def test_a_dropped_edition_brings_nothing_back_that_is_older_than_its_series(series, stories, readers, approver):
    Series.objects.update(missed_rule="drop")
    series.refresh_from_db()
    agree(series, approver)
    ancient, farm = publish(stories, "ancient", TUESDAY - 700 * DAY), publish(stories, "farm", TUESDAY)
    publish(stories, "old", TUESDAY - 300 * DAY)
    (first,) = make(MONDAY - DAY)
    first.carried.create(page=ancient, place=9)
    lifecycle.start_due(now=MONDAY + 2 * DAY)

    (_first, second) = make(MONDAY + WEEK - DAY)

    assert carried(second) == [farm.pk]


def test_a_series_that_is_moved_after_its_edition_went_out_makes_no_second_that_day(
    series, stories, readers, approver, editor
):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    lifecycle.start_due(now=MONDAY)
    publish(stories, "shop", MONDAY - 20 * HOUR)
    series.refresh_from_db()
    series.local_time = time(17)
    approval.change(series=series, segments=series.segments.all(), user=editor, now=MONDAY + HOUR)
    agree(series, approver)

    assert len(make(MONDAY + HOUR)) == 1


def test_an_office_that_moves_to_another_zone_makes_no_second_edition_that_day(
    series, stories, readers, approver, settings
):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)
    make(MONDAY - DAY)
    publish(stories, "shop", MONDAY - 20 * HOUR)
    settings.OFFICE_TIME_ZONE = "America/Mexico_City"

    assert len(make(MONDAY - 15 * HOUR)) == 1


def test_a_clock_that_was_ahead_once_does_not_silence_a_series(series, stories, readers, approver):
    publish(stories, "farm", TUESDAY)
    make(MONDAY + 52 * WEEK)
    for week in range(3):
        publish(stories, f"story{week}", MONDAY + week * WEEK - 2 * DAY)
        made = make(MONDAY + week * WEEK - DAY)

    assert [each.occurrence for each in made[:3]] == [MONDAY + week * WEEK for week in range(3)]


def test_a_draft_that_was_deleted_does_not_come_back_by_pausing(series, stories, editor):
    publish(stories, "farm", TUESDAY)
    (edition,) = make(MONDAY - DAY)
    edition.delete()
    publish(stories, "shop", MONDAY - 22 * HOUR)

    approval.pause(series=series, user=editor, now=MONDAY - 20 * HOUR)
    approval.resume(series=series, user=editor, now=MONDAY - 20 * HOUR)

    assert make(MONDAY - 19 * HOUR) == []


ENDS = {
    "the rule was changed": lambda series, editor: approval.change(
        series=series, segments=[narrow()], user=editor, now=MONDAY - 12 * HOUR
    ),
    "the word was taken back": lambda series, editor: approval.withdraw(
        series=series, user=editor, now=MONDAY - 12 * HOUR
    ),
    "the series was paused": lambda series, editor: approval.pause(series=series, user=editor, now=MONDAY - 12 * HOUR),
    "the series is deleted": lambda series, editor: approval.end(series=series, user=editor, now=MONDAY - 12 * HOUR),
}


def narrow() -> Segment:
    return Segment.objects.create(code="fr", name="French", rule={"field": "language", "in": ["fr"]})


@pytest.mark.parametrize("what", ENDS)
def test_an_edition_that_nobody_read_goes_out_no_more_when(series, stories, readers, approver, editor, what):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)
    (edition,) = make(MONDAY - DAY)
    assert edition.state == State.SCHEDULED

    assert ENDS[what](series, editor) == 1

    lifecycle.start_due(now=MONDAY)
    edition.refresh_from_db()
    assert edition.state == State.DRAFT
    assert edition.approvals.get().why_void.startswith(("The rule of", "The approval", "Its series was"))


class AtTheSameMoment:
    """Lets another worker or member of the team do something with a connection of its own, once, in mid-transaction."""

    def __init__(self, monkeypatch, deed: Callable[[], object]) -> None:
        self._monkeypatch, self._failures, self.waited = monkeypatch, [], False
        self._thread = threading.Thread(target=self._do, args=[deed])

    def after(self, module: ModuleType, name: str) -> None:
        """Begin it when the function ``name`` of ``module`` has returned, and go on when it waits or is done."""
        found = getattr(module, name)

        def overtaken(*given):
            result = found(*given)
            if self._thread.ident is None:
                self._begin()
            return result

        self._monkeypatch.setattr(module, name, overtaken)

    def done(self) -> None:
        """Wait for its end."""
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()
        assert self._failures == []

    def _do(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except Exception as failure:
            self._failures.append(failure)
        finally:
            connection.close()

    def _begin(self) -> None:
        self._thread.start()
        for _look in range(1000):
            self._thread.join(timeout=0.01)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid() = ANY(pg_blocking_pids(pid)) FROM pg_locks WHERE NOT granted")
                self.waited = any(waits for (waits,) in cursor.fetchall())
            if self.waited or not self._thread.is_alive():
                return


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ENDS)
def test_an_edition_in_the_making_does_not_slip_through_when(
    series, stories, readers, approver, editor, monkeypatch, what
):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)
    person = AtTheSameMoment(monkeypatch, lambda: ENDS[what](series, editor))
    person.after(editions, "_inherit")

    (edition,) = make(MONDAY - DAY)
    person.done()

    assert person.waited, "until the worker was done"
    edition.refresh_from_db()
    assert edition.state == State.DRAFT
    assert edition.approvals.get().voided_at


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
# A series that is deleted is gone when the worker's turn comes.
@pytest.mark.parametrize("what", [what for what in ENDS if what != "the series is deleted"])
def test_a_worker_that_looks_meanwhile_makes_no_edition_on_a_word_that_ends_when(
    series, stories, readers, approver, editor, monkeypatch, what
):
    agree(series, approver)
    publish(stories, "farm", TUESDAY)
    worker = AtTheSameMoment(monkeypatch, lambda: make(MONDAY - DAY))
    worker.after(approval, "_take_back")

    assert ENDS[what](series, editor) == 0
    worker.done()

    assert worker.waited, "until the person was done"
    assert not Broadcast.objects.exclude(state=State.DRAFT).exists()
    assert Broadcast.objects.exists() is (what != "the series was paused")


@pytest.mark.parametrize("what", ENDS)
def test_an_edition_that_somebody_read_and_approved_stays_scheduled_when(
    series, stories, readers, approver, editor, member, what
):
    publish(stories, "farm", TUESDAY)
    (edition,) = make(MONDAY - DAY)
    agree(series, approver)
    services.submit(broadcast=edition, user=member("superuser"), now=MONDAY - 20 * HOUR)
    approve(edition, approver, MONDAY - 20 * HOUR, MONDAY)

    assert ENDS[what](series, editor) == 0

    edition.refresh_from_db()
    assert edition.state == State.SCHEDULED


def test_a_word_that_an_edit_took_back_does_not_come_back_by_itself(series, approver, editor):
    agree(series, approver)
    for most in (2, 5):
        series.most_stories = most
        approval.change(series=series, segments=series.segments.all(), user=editor, now=TUESDAY)

    assert approval.standing_approval(series) is None


def test_who_changed_a_segment_of_a_series_does_not_agree_to_it_alone(series, approver, editor, member):
    french = narrow()
    approval.change(series=series, segments=[french], user=editor, now=TUESDAY)
    agree(series, approver)
    french.rule = EVERYBODY
    segment_history.save(segment=french, user=approver, now=TUESDAY + HOUR)

    assert approval.standing_approval(series) is None
    with pytest.raises(OwnSubmission):
        approval.approve(series=series, read=approval.rule_hash(series), user=approver, now=TUESDAY + 2 * HOUR)
    other = member("superuser")
    approval.approve(series=series, read=approval.rule_hash(series), user=other, now=TUESDAY + 2 * HOUR)
    assert approval.standing_approval(series).approved_by == other


def test_who_only_renames_a_segment_may_agree_to_its_series(series, approver, editor):
    french = narrow()
    approval.change(series=series, segments=[french], user=editor, now=TUESDAY)
    french.name = "In French"
    segment_history.save(segment=french, user=approver, now=TUESDAY + HOUR)

    approval.approve(series=series, read=approval.rule_hash(series), user=approver, now=TUESDAY + 2 * HOUR)

    assert approval.standing_approval(series)
