"""A small site with one story in two languages, its readers, and the people of the team."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from wagtail.models import Collection, Locale, Page, Site

from home.models import HomePage, InfographicIndexPage, InfographicPage, StoryIndexPage, StoryPage
from outreach import roles
from outreach.audience.addresses import address_hash, encrypt
from outreach.audience.models import Segment, Subscriber, Subscription
from outreach.audience.rules import EVERYBODY
from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast, Message

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


def ground() -> Page:
    """What every Wagtail site stands on, after a test with real transactions took it away."""
    Collection.add_root(name="Root")
    root: Page = Page.add_root(title="Root", slug="root", locale=Locale.objects.get(language_code="en"))
    roles.ensure()
    return root


@pytest.fixture
def stories(db) -> StoryIndexPage:
    """The list of stories of an English site whose home page is called "Campaign site"."""
    for code in ("en", "fr", "es", "ht"):
        Locale.objects.get_or_create(language_code=code)
    root = Page.get_first_root_node() or ground()
    home = root.add_child(instance=HomePage(title="Campaign site", slug="campaign", summary="For everybody."))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "testserver", "port": 80, "root_page": home}
    )
    return home.add_child(instance=StoryIndexPage(title="Stories", slug="stories", summary="All of them."))


@pytest.fixture
def story(stories) -> StoryPage:
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
def infographic(stories, settings, tmp_path) -> InfographicPage:
    """A published infographic of one number in English; its pictures are kept in a folder of the test."""
    settings.CHART_DIR, settings.MEDIA_ROOT = tmp_path / "charts", str(tmp_path / "media")
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


@pytest.fixture
def french(story) -> StoryPage:
    return translate(story, "fr", "Une personne sur huit")


@pytest.fixture
def joined(db) -> Callable[..., Subscription]:
    """Somebody with an active subscription."""
    count = 0

    def joined(channel: str = "email", language: str = "en", **fields: Any) -> Subscription:
        nonlocal count
        count += 1
        address = f"reader{count}@example.org" if channel == "email" else str(1000 + count)
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

    return joined


@pytest.fixture
def everybody(db) -> Segment:
    return Segment.objects.create(code="everybody", name="Everybody", rule=EVERYBODY)


@pytest.fixture
def member(db) -> Callable[[str], User]:
    """The member of the team in a role of ``ROLES``, or ``superuser``."""

    def member(role: str) -> User:
        user, made = User.objects.get_or_create(
            username=role.replace(" ", "-"), defaults={"email": f"{role.replace(' ', '-')}@example.org"}
        )
        if made and role == "superuser":
            user.is_superuser = True
            user.save()
        elif made:
            user.groups.add(Group.objects.get(name=ROLES[role]))
        return user

    return member


@pytest.fixture
def editor(member) -> User:
    return member("editor")


@pytest.fixture
def approver(member) -> User:
    return member("approver")


@pytest.fixture
def draft(story, french, everybody, joined, editor, now) -> Broadcast:
    """A broadcast with nothing lacking: two languages, two channels, three readers."""
    joined("email", "en")
    joined("email", "fr")
    joined("telegram", "en")
    broadcast = services.create_from_story(story=story, user=editor, now=now)
    broadcast.segments.add(everybody)
    return broadcast


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
