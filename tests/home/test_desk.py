"""What Wagtail brings for the work of editors and approvers works on every kind of page, and on translations."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Comment, Page, Revision, Workflow
from wagtail_localize.models import Translation

from home.models import StandardPage

from .editorial.forms import form_data

LONG_AGO, FAR_AHEAD = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
PUBLISHING = {"action-publish": "1"}
KINDS = ["who-builds-roofs", "stock", "work", "about", "stories", "infographics", "home"]


def user(role: str) -> User:
    found = User.objects.create_user(role.lower())
    found.groups.add(Group.objects.get(name=role))
    return found


@pytest.fixture
def writer(site: object) -> User:
    return user("Editors")


@pytest.fixture
def approver(site: object) -> User:
    return user("Approvers")


def as_user(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def about(**changed: object) -> dict[str, object]:
    """What the editor of the page about the site posts."""
    nothing = {"depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    paragraph = {"key": "a", "type": "unstyled", "text": "New words", **nothing}
    return {
        "title": "About us",
        "slug": "about",
        "join-count": "0",
        "summary": "Who writes.",
        "body": json.dumps({"blocks": [paragraph], "entityMap": {}}),
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        **changed,
    }


def page_of(slug: str, language: str = "en") -> Page:
    source = Page.objects.get(locale__language_code="en", slug=slug)
    return Page.objects.get(locale__language_code=language, translation_key=source.translation_key).specific


def test_editor_submits_and_approver_publishes(writer, approver):
    page = page_of("about")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    as_user(writer).post(address, about(**{"action-submit": "1"}))
    page.refresh_from_db()
    assert page.title == "About this site"
    assert page.current_workflow_state.status == "in_progress"
    task = page.current_workflow_task_state
    decide = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    as_user(approver).post(decide, {"comment": "Good"})
    page.refresh_from_db()
    assert page.title == "About us"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("slug", KINDS)
def test_every_kind_of_page_goes_through_the_workflow(writer, approver, slug, language):
    page = page_of(slug, language)
    page.title = "Another title"
    page.save_revision(user=writer)
    state = page.get_workflow().start(page, writer)
    waiting = as_user(approver).get(reverse("wagtailadmin_home")).content.decode()
    assert "Another title" in waiting
    decide = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.current_task_state.pk])
    as_user(approver).post(decide, {"comment": ""})
    assert Page.objects.get(pk=page.pk).title == "Another title"


def test_editor_can_neither_publish_nor_decide(writer):
    page = page_of("about")
    client = as_user(writer)
    client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), about(**{"action-publish": "1"}))
    page.refresh_from_db()
    assert page.title == "About this site"
    page.save_revision(user=writer)
    task = page.get_workflow().start(page, writer).current_task_state
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk]), {"comment": ""})
    page.refresh_from_db()
    assert page.current_workflow_state.status == "in_progress"


def test_editor_of_a_translation_cannot_publish_it(writer):
    page = page_of("who-builds-roofs", "es")
    response = as_user(writer).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"})
    page.refresh_from_db()
    assert response.status_code in (302, 403)
    assert not page.live


def test_workflow_of_the_site_is_decided_by_approvers(site):
    workflow = Workflow.objects.get(workflow_pages__page=Page.get_first_root_node())
    assert Group.objects.get(name="Approvers") in workflow.tasks.get().specific.groups.all()


@pytest.mark.parametrize("slug", KINDS)
def test_every_kind_of_page_can_be_seen_before_it_is_published(approver, slug):
    client = as_user(approver)
    for language in ("en", "fr"):
        page = page_of(slug, language)
        assert client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200
    translation = Translation.objects.get(source__object_id=page.translation_key, target_locale=page.locale)
    assert client.get(reverse("wagtail_localize:preview_translation", args=[translation.pk])).status_code == 200


@pytest.mark.parametrize("slug", KINDS)
def test_editor_offers_schedule_comments_checks_and_history(approver, slug):
    page = as_user(approver).get(reverse("wagtailadmin_pages:edit", args=[page_of(slug).pk])).content.decode()
    for part in ('data-side-panel="status"', 'data-side-panel="checks"', 'data-side-panel="comments"', "go_live_at"):
        assert part in page


def commented(text: str, path: str, **changed: object) -> dict[str, object]:
    """What the editor of a story sends with one new comment beside a field or block."""
    one = {"text": text, "contentpath": path, "position": "", "resolved": "", "deleted": "", "id": ""}
    replies = {"replies-TOTAL_FORMS": "0", "replies-INITIAL_FORMS": "0"}
    comment = {f"comments-0-{name}": value for name, value in {**one, **replies}.items()}
    return {**comment, "comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "0", **changed}


def test_editor_leaves_a_comment_beside_a_field_and_the_approver_reads_it(writer, approver, story):
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    said = commented("Is that her own word?", "summary")
    as_user(writer).post(address, form_data(story, photo=False, **said))
    comment = Comment.objects.get(page=story)
    assert (comment.text, comment.contentpath, comment.user) == ("Is that her own word?", "summary", writer)
    assert "Is that her own word?" in as_user(approver).get(address).content.decode()


def test_comment_of_one_editor_is_answered_by_another_and_never_public(writer, approver, story, reader):
    comment = Comment.objects.create(page=story, user=writer, text="Ask her again.", contentpath="title")
    kept = {
        "text": comment.text,
        "contentpath": "title",
        "position": "",
        "resolved": "",
        "deleted": "",
        "id": comment.pk,
    }
    answer = {"text": "She agreed.", "deleted": "", "id": ""}
    data = {
        "comments-TOTAL_FORMS": "1",
        "comments-INITIAL_FORMS": "1",
        **{f"comments-0-{name}": value for name, value in kept.items()},
        "comments-0-replies-TOTAL_FORMS": "1",
        "comments-0-replies-INITIAL_FORMS": "0",
        **{f"comments-0-replies-0-{name}": value for name, value in answer.items()},
    }
    as_user(approver).post(
        reverse("wagtailadmin_pages:edit", args=[story.pk]), form_data(story, photo=False, **data, **PUBLISHING)
    )
    reply = comment.replies.get()
    assert (reply.text, reply.user) == ("She agreed.", approver)
    page = reader.get(story.url).content.decode()
    assert "Ask her again." not in page
    assert "She agreed." not in page


def test_page_appears_and_goes_at_its_times(site):
    page = page_of("about")
    page.title = "Later"
    page.save_revision(approved_go_live_at=FAR_AHEAD)
    call_command("publish_scheduled")
    page.refresh_from_db()
    assert page.title == "About this site"
    scheduled = Revision.objects.filter(object_id=str(page.pk)).exclude(approved_go_live_at=None)
    scheduled.update(approved_go_live_at=LONG_AGO)
    call_command("publish_scheduled")
    page.refresh_from_db()
    assert page.title == "Later"
    StandardPage.objects.filter(pk=page.pk).update(expire_at=LONG_AGO)
    call_command("publish_scheduled")
    page.refresh_from_db()
    assert not page.live


def test_locked_page_is_changed_by_nobody_else_until_it_is_unlocked(writer, approver):
    page = page_of("about")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    as_user(approver).post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    refused = as_user(writer).post(address, about(), follow=True).content.decode()
    page.refresh_from_db()
    assert page.locked
    assert page.locked_by == approver
    assert page.get_latest_revision_as_object().title == "About this site"
    assert "could not be saved as it is locked" in refused
    as_user(approver).post(reverse("wagtailadmin_pages:unlock", args=[page.pk]))
    as_user(writer).post(address, about())
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().title == "About us"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_lock_holds_against_saving_by_itself_too(writer, approver, story, accept):
    as_user(approver).post(reverse("wagtailadmin_pages:lock", args=[story.pk]))
    before = story.revisions.count()
    story.title = "Written by another"
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    as_user(writer).post(address, form_data(story, photo=False), headers={"accept": accept})
    assert story.revisions.count() == before


@pytest.mark.parametrize("slug", KINDS)
def test_every_kind_of_page_can_be_locked(writer, approver, slug):
    page = page_of(slug)
    as_user(approver).post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    page.refresh_from_db()
    assert page.permissions_for_user(writer).page_locked()
    assert not page.permissions_for_user(approver).page_locked()


@pytest.mark.parametrize("report", ["locked_pages", "workflow", "workflow_tasks", "site_history", "aging_pages"])
def test_reports_are_open_to_approvers(approver, report):
    assert as_user(approver).get(reverse(f"wagtailadmin_reports:{report}")).status_code == 200
