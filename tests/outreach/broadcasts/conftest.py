"""A small site with one story in two languages, its readers, and the people of the team."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page, PageViewRestriction, Site

from home.models import (
    HomePage,
    InfographicIndexPage,
    InfographicPage,
    NewsIndexPage,
    NewsPage,
    StoryIndexPage,
    StoryPage,
)
from outreach import roles
from outreach.audience.addresses import address_hash, encrypt
from outreach.audience.models import Segment, Subscriber, Subscription
from outreach.audience.rules import EVERYBODY
from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast, Message

HERE = Path(__file__).parent
SHARED = "written"
"""The fixture that makes the draft which the tests of a module share."""
NOW = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
ROLES = {
    "editor": roles.EDITORS,
    "approver": roles.APPROVERS,
    "evaluator": roles.EVALUATORS,
    "data officer": roles.DATA_OFFICERS,
    "administrator": roles.ADMINISTRATORS,
}


@pytest.fixture
def now() -> datetime:
    return NOW


def build_stories() -> StoryIndexPage:
    """The list of stories of an English site whose home page is called "Campaign site"."""
    for code in ("en", "fr", "es", "ht"):
        Locale.objects.get_or_create(language_code=code)
    root = Page.get_first_root_node()
    home = root.add_child(instance=HomePage(title="Campaign site", slug="campaign", summary="For everybody."))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "testserver", "port": 80, "root_page": home}
    )
    index: StoryIndexPage = home.add_child(
        instance=StoryIndexPage(title="Stories", slug="stories", summary="All of them.")
    )
    return index


def publish_story(stories: StoryIndexPage) -> StoryPage:
    """A published story in English."""
    page = StoryPage(
        title="One in eight was born abroad",
        slug="one-in-eight",
        summary="Many people moved to Dominica. They work in farms and shops.",
        published=date(2026, 10, 1),
    )
    stories.add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.fixture
def second_story(stories) -> StoryPage:
    """Another published story in English."""
    page = StoryPage(
        title="Where migrants work",
        slug="where-migrants-work",
        summary="On farms, in shops and in homes.",
        published=date(2026, 11, 1),
    )
    stories.add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.fixture
def news(stories) -> NewsIndexPage:
    """The list of news in English."""
    index: NewsIndexPage = stories.get_parent().add_child(
        instance=NewsIndexPage(title="News", slug="news", summary="What happened.")
    )
    return index


@pytest.fixture
def news_item(news) -> NewsPage:
    """A published news item in English."""
    page = NewsPage(
        title="Four states open their borders",
        slug="free-movement",
        summary="Their people may live and work in all four.",
        published=date(2026, 11, 2),
        place="Roseau, Dominica",
        source="CARICOM, 30 September 2025",
    )
    news.add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.fixture
def infographic(stories, settings, drawn, tmp_path) -> InfographicPage:
    """A published infographic of one number in English; its pictures are kept in a folder of the test."""
    settings.CHART_DIR, settings.MEDIA_ROOT = drawn, str(tmp_path / "media")
    index = InfographicIndexPage(title="Figures", slug="figures", summary="All of them.")
    stories.get_parent().add_child(instance=index)
    page = InfographicPage(
        title="One in eight people was born abroad",
        slug="stock",
        summary="One of eight.",
        subtitle="Share of people born abroad, 2024",
        published=date(2026, 10, 2),
        chart="number",
        data={"keys": [], "rows": [], "texts": {}},
        number_value=12.5,
        number_label="of the people were born abroad, 2024",
        text_summary="12.5 % of the people in Dominica were born abroad in 2024.",
        source="Census",
        data_year="2024",
    )
    index.add_child(instance=page)
    page.save_revision().publish()
    return page


def translate(page: Page, language: str, title: str) -> Any:
    """The page, published in another language under another title."""
    copy = page.copy_for_translation(Locale.objects.get(language_code=language), copy_parents=True)
    copy.title, copy.summary = title, f"{title} ({language})."
    copy.save_revision().publish()
    copy.refresh_from_db()
    return copy


def make_private(page: Page) -> None:
    """Let only those read the page, and what is below it, who log in: as an editor sets it under "Privacy"."""
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def publish_french(story: StoryPage) -> StoryPage:
    """The story in French, which makes French pages of its parents too."""
    return translate(story, "fr", "Une personne sur huit")


def make_everybody() -> Segment:
    """A segment that everybody is in."""
    return Segment.objects.get_or_create(code="everybody", defaults={"name": "Everybody", "rule": EVERYBODY})[0]


def join(channel: str = "email", language: str = "en", **fields: Any) -> Subscription:
    """Somebody with an active subscription, on an address that nobody before had."""
    number = Subscription.objects.count() + 1
    address = f"reader{number}@example.org" if channel == "email" else str(1000 + number)
    subscriber = fields.pop("subscriber", None) or Subscriber.objects.create(language=language)
    return Subscription.objects.create(
        **{
            "subscriber": subscriber,
            "channel": channel,
            "address_encrypted": encrypt(address),
            "address_hash": address_hash(channel=channel, address=address),
            "state": Subscription.State.ACTIVE,
            "allows_messages": True,
            **fields,
        }
    )


def enrol(role: str) -> User:
    """The member of the team in a role of ``ROLES``, or ``superuser``."""
    user, made = User.objects.get_or_create(
        username=role.replace(" ", "-"), defaults={"email": f"{role.replace(' ', '-')}@example.org"}
    )
    if made and role == "superuser":
        user.is_superuser = True
        user.save()
    elif made:
        user.groups.add(Group.objects.get(name=ROLES[role]))
    return user


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that begin with an empty database come before those that share a draft."""
    places = [place for place, item in enumerate(items) if HERE in item.path.parents]
    mine = sorted((items[place] for place in places), key=lambda item: SHARED in item.fixturenames)
    for place, item in zip(places, mine, strict=True):
        items[place] = item


@pytest.fixture(scope="module")
def written(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """The number of the draft, with its pages and people, which are made once for the tests of a module.

    They are taken out again after its last test, as what a test changes in them is after each.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        story = publish_story(build_stories())
        publish_french(story)
        for channel, language in (("email", "en"), ("email", "fr"), ("telegram", "en")):
            join(channel, language)
        broadcast = services.create_from_story(story=story, user=enrol("editor"), now=NOW)
        broadcast.segments.add(make_everybody())
        yield broadcast.pk
        transaction.set_rollback(True)


@pytest.fixture
def stories(request, db) -> StoryIndexPage:
    """The list of stories in English."""
    if SHARED in request.fixturenames:
        return StoryIndexPage.objects.get(locale__language_code="en")
    return build_stories()


@pytest.fixture
def story(request, stories) -> StoryPage:
    if SHARED in request.fixturenames:
        return StoryPage.objects.get(locale__language_code="en")
    return publish_story(stories)


@pytest.fixture
def french(request, story) -> StoryPage:
    if SHARED in request.fixturenames:
        return StoryPage.objects.get(locale__language_code="fr")
    return publish_french(story)


@pytest.fixture
def joined(db) -> Callable[..., Subscription]:
    return join


@pytest.fixture
def everybody(db) -> Segment:
    return make_everybody()


@pytest.fixture
def member(db) -> Callable[[str], User]:
    return enrol


@pytest.fixture
def editor(member) -> User:
    return member("editor")


@pytest.fixture
def approver(member) -> User:
    return member("approver")


@pytest.fixture
def draft(written, stories) -> Broadcast:
    """A broadcast with nothing lacking: two languages, two channels, three readers."""
    return Broadcast.objects.get(pk=written)


@pytest.fixture
def submitted(draft, editor, now) -> Broadcast:
    services.submit(broadcast=draft, user=editor, now=now)
    return draft


@pytest.fixture
def scheduled(submitted, approver, now) -> Broadcast:
    approve(submitted, approver, now)
    return submitted


def approve(broadcast: Broadcast, user: User, now: datetime, send_at: datetime | None = None) -> None:
    """Approve what is submitted, having read it as it stands."""
    submission = broadcast.approvals.filter(voided_at=None).get()
    services.approve(broadcast=broadcast, submission_id=submission.pk, user=user, send_at=send_at, now=now)


@pytest.fixture
def message() -> Callable[..., Message]:
    """An unsaved message of a broadcast without a story."""

    def message(channel: str = "email", **fields: Any) -> Message:
        return Message(
            **{
                "broadcast": Broadcast(title="Without a story"),
                "channel": channel,
                "language": "en",
                "subject": "One in eight",
                "preview_text": "The first number",
                "body": "<p>Many people moved.</p>",
                **fields,
            }
        )

    return message
