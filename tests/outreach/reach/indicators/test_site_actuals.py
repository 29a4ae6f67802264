"""What the site counts as the actual of an indicator: content, readers, and coverage of the register."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from wagtail.models import Page

from outreach.reach.disclosure import Hidden, Shown, Unknown
from outreach.reach.indicators import wording
from outreach.reach.indicators.actuals import Actual, counted, in_quarter, to_date, up_to
from outreach.reach.indicators.document import document
from outreach.reach.indicators.logframe import logframe
from outreach.reach.indicators.quarters import Quarter
from outreach.reach.indicators.totals import Counting
from outreach.reach.snapshots.freezing import freeze_period
from outreach.tracking.models import PageDay, Source
from tests.outreach.broadcasts.conftest import infographic, joined, second_story, stories, story, translate

from .conftest import NOW, TODAY

__all__ = ["infographic", "joined", "second_story", "stories", "story"]

pytestmark = pytest.mark.django_db

Q4, NEXT = Quarter(2026, 4), Quarter(2027, 1)
LATER = date(2027, 3, 1)


def goes_live(page, *moment: int) -> None:
    Page.objects.filter(pk=page.pk).update(first_published_at=datetime(*moment, tzinfo=UTC))


def quote(speaker: str, gender: str):
    return ("quote", {"text": "Words.", "speaker": speaker, "gender": gender, "function": "migrant"})


@pytest.fixture
def site(story, second_story, infographic):
    """In the last quarter of 2026 a story that quotes three women and two men, and an infographic that lacks words.

    In the next quarter another story. Only the first is in French. 3 visits in November, 5 in January.
    """
    story.body = [quote(name, "woman") for name in "ABC"] + [quote(name, "man") for name in "DE"]
    story.save_revision().publish()
    goes_live(story, 2026, 10, 8, 12)
    goes_live(translate(story, "fr", "Titre"), 2027, 2, 1, 12)
    goes_live(infographic, 2026, 11, 3, 12)
    type(infographic).objects.update(text_summary=" ")
    goes_live(second_story, 2027, 1, 9, 12)
    for day, views, signals, completed in ((date(2026, 11, 5), 3, 3, 1), (date(2027, 1, 5), 5, 2, 2)):
        PageDay.objects.create(
            day=day, page_id=7, language="en", source=Source.DIRECT, views=views, visits=views, beacons=signals,
            completed=completed,
        )  # fmt: skip


@pytest.fixture
def bilingual(settings):
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]


BY_HAND = {
    # code: (October to December, January to March, from October to March)
    "P1": (Shown(2), Shown(1), Shown(3)),
    "P2": (Shown(Fraction(1, 2)), Shown(Fraction(0)), Shown(Fraction(1, 3))),
    "P3": (Shown(Fraction(1, 2)), Shown(Fraction(1)), Shown(Fraction(2, 3))),
    "P4": (Shown(Fraction(3, 5)), Unknown(), Shown(Fraction(3, 5))),
    "W1": (Shown(3), Shown(5), Shown(8)),
    "E3": (Shown(Fraction(1, 3)), Shown(Fraction(1)), Shown(Fraction(3, 5))),
}


@pytest.mark.parametrize("code", BY_HAND)
def test_the_site_gives_each_quarter_and_all_since_the_first_day(site, bilingual, make, code):
    indicator = make(code=code, metric=code, unit="count" if code in ("P1", "W1") else "share", basis="quarter")
    counting = Counting(indicator.campaign)
    given = {"indicator": indicator, "today": LATER, "counting": counting}

    found = (in_quarter(quarter=Q4, **given), in_quarter(quarter=NEXT, **given), up_to(quarter=NEXT, **given))

    assert tuple(each.value for each in found) == BY_HAND[code]
    assert to_date(**given) == found[2]
    assert all(each.how == "counted" and each.provisional == (each.value != Unknown()) for each in found)


def test_without_content_and_readers_a_count_is_0_and_everything_else_is_unknown(campaign):
    found = {
        code: counted(code=code, counting=Counting(campaign), first=campaign.starts_on, last=TODAY).value
        for code in (*BY_HAND, "R3")
    }
    assert found == {**dict.fromkeys(found, Unknown()), "P1": Shown(0)}


def test_fewer_than_five_people_quoted_make_no_share(story, make):
    story.body = [quote("A", "woman"), quote("B", "man"), quote("C", "man"), quote("D", "another")]
    story.save_revision().publish()
    goes_live(story, 2026, 10, 8, 12)
    found = to_date(
        indicator=(women := make(metric="P4", unit="share")), today=TODAY, counting=Counting(women.campaign)
    )
    assert found.value == Hidden()


@pytest.fixture
def subscribed(joined):
    """So many more people who can be written to."""

    def subscribed(number: int) -> None:
        for _each in range(number):
            joined()

    return subscribed


def reached(ledger, campaign, ended: datetime) -> None:
    broadcast = ledger.broadcast()
    ledger.deliver(broadcast, 12, tracks_opens=True)
    ledger.deliver(broadcast, 12, gender="man", tracks_opens=True)
    ledger.deliver(broadcast, 9, gender="another")
    for delivery in broadcast.deliveries.all()[:6]:
        ledger.event(delivery, "open", at=ended)
    broadcast.campaign, broadcast.started_at, broadcast.finished_at = campaign, ended, ended
    broadcast.save()
    ledger.close(broadcast)


def of_2025(code: str, campaign) -> Actual:
    return counted(code=code, counting=Counting(campaign), first=date(2025, 10, 1), last=date(2025, 12, 31))


def test_a_frozen_period_keeps_what_the_site_and_the_register_had_then(ledger, campaign, story, subscribed):
    campaign.starts_on, campaign.ends_on = date(2025, 10, 1), date(2025, 12, 31)
    campaign.save()
    goes_live(story, 2025, 11, 3, 12)
    subscribed(43)
    reached(ledger, campaign, datetime(2025, 11, 5, 14, tzinfo=UTC))
    codes = ("P1", "P2", "R3", "E2", "W1")
    assert of_2025("R3", campaign).value == Shown(Fraction(3, 4)), "30 of 40, both rounded down to tens"

    freeze_period(campaign=campaign, user=None, now=NOW)
    frozen = {code: of_2025(code, campaign) for code in codes}
    Page.objects.filter(pk=story.pk).update(live=False)
    subscribed(60)

    assert {code: of_2025(code, campaign) for code in codes} == frozen
    assert not any(each.provisional for each in frozen.values())
    assert {code: each.value for code, each in frozen.items()} == {
        "P1": Shown(1), "P2": Shown(Fraction(1)), "R3": Shown(Fraction(82, 100)), "E2": Shown(Fraction(1, 4)),
        "W1": Unknown(),
    }  # fmt: skip


def test_the_sheet_says_what_is_counted_and_with_which_care(make):
    said = dict(wording.sheet(make(metric="W1")))
    assert said["Actual"] == "Counted by the system: Article visits"
    assert said["What is counted"].startswith("Views of pages in the period")
    assert said["Limits of the count"].startswith("Of the whole site, not of one campaign.")
    assert "What is counted" not in dict(wording.sheet(make("Officials trained")))


def test_the_pages_are_read_once_for_all_indicators_and_quarters(site, make, campaign, django_assert_max_num_queries):
    for code in ("P1", "P2", "P3", "P4", "W1", "E3"):
        make(code, code=code, metric=code, unit="count" if code in ("P1", "W1") else "share")
    with django_assert_max_num_queries(60):
        found = document(frame=logframe(campaign=campaign, today=LATER), now=NOW)
    (quarters,) = (each for each in found.sheets if each.slug == "quarters")
    assert [row[4] for row in quarters.rows[:2]] == [Shown(2), Shown(3)]
