import datetime

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import GroupApprovalTask, Page, PageLogEntry, Workflow, WorkflowPage, WorkflowTask
from wagtail_localize.models import Translation, TranslationSource

from home.editorial.gate import ConsentMissing
from home.models import StoryPage

from .conftest import TODAY
from .forms import form_data

YESTERDAY, TOMORROW = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def approver(site) -> User:
    return User.objects.create_superuser("approver")


def is_shown(story: StoryPage) -> bool:
    return any(block.block_type == "image" for block in StoryPage.objects.get(pk=story.pk).body)


@pytest.mark.parametrize("values", [{"role": "passive"}, {"role": "nobody", "people_shown": "One woman"}])
def test_photo_of_people_without_consent_is_not_published(story: StoryPage, showing, values):
    revision = showing(story, **values).save_revision()
    with pytest.raises(ConsentMissing, match="consent"):
        revision.publish()
    assert not is_shown(story)


def test_photo_of_nobody_needs_no_consent(story: StoryPage, showing):
    showing(story, role="nobody").save_revision().publish()
    assert is_shown(story)


def test_photo_with_a_consent_that_holds_is_published(story: StoryPage, showing, consent):
    showing(story, consent=consent.pk).save_revision().publish()
    assert is_shown(story)


@pytest.mark.parametrize(
    "change",
    [{"ends_on": YESTERDAY}, {"withdrawn_on": TODAY}, {"given_on": TOMORROW}],
    ids=lambda change: next(iter(change)),
)
def test_consent_that_does_not_hold_today_is_none(story: StoryPage, showing, consent, change):
    type(consent).objects.filter(pk=consent.pk).update(**change)
    revision = showing(story, consent=consent.pk).save_revision()
    with pytest.raises(ConsentMissing, match=consent.reference):
        revision.publish()


def test_last_day_of_a_consent_counts(story: StoryPage, showing, consent):
    type(consent).objects.filter(pk=consent.pk).update(ends_on=TODAY, withdrawn_on=TOMORROW)
    showing(story, consent=consent.pk).save_revision().publish()
    assert is_shown(story)


def test_page_that_is_live_when_its_consent_ends_can_still_be_saved_and_moved(story: StoryPage, showing, consent):
    showing(story, consent=consent.pk).save_revision().publish()
    type(consent).objects.filter(pk=consent.pk).update(ends_on=YESTERDAY)
    page = StoryPage.objects.get(pk=story.pk)
    page.show_in_menus = True
    page.save()
    page.copy(update_attrs={"slug": "copied", "title": "Copied"}, keep_live=False)


def test_new_page_can_not_be_born_live_without_consent(story: StoryPage, showing):
    page = showing(StoryPage(title="New", slug="new", summary="New."))
    with pytest.raises(ConsentMissing):
        story.get_parent().add_child(instance=page)


def test_scheduled_publication_without_consent_is_called_off_and_others_go_on(
    story: StoryPage, infographic, showing, consent, at_noon
):
    soon = timezone.now() + datetime.timedelta(days=2)
    story.go_live_at = infographic.go_live_at = soon
    infographic.title = "Changed"
    showing(story, consent=consent.pk).save_revision().publish()
    infographic.save_revision().publish()
    type(consent).objects.filter(pk=consent.pk).update(withdrawn_on=TODAY)
    at_noon.shift(datetime.timedelta(days=3))

    call_command("publish_scheduled", verbosity=0)

    assert not is_shown(story)
    assert Page.objects.get(pk=infographic.pk).title == "Changed"
    assert not StoryPage.objects.get(pk=story.pk).scheduled_revision
    entry = PageLogEntry.objects.get(page=story.pk, action="home.call_off_publication")
    assert f"The consent {consent.reference} was withdrawn on" in entry.formatter.format_message(entry)
    with override("es"):
        assert f"El consentimiento {consent.reference} se retiró" in PageLogEntry.objects.get(pk=entry.pk).message


def test_translation_is_not_published_without_consent(story: StoryPage, french_story: StoryPage, showing, consent):
    showing(story, consent=consent.pk).save_revision().publish()
    type(consent).objects.filter(pk=consent.pk).update(withdrawn_on=TODAY)
    source, _created = TranslationSource.update_or_create_from_instance(StoryPage.objects.get(pk=story.pk))
    translation = Translation.objects.get(source=source, target_locale=french_story.locale)
    with pytest.raises(ConsentMissing):
        translation.save_target(publish=True)
    assert not is_shown(french_story)


def test_editor_reads_beside_the_block_why_the_page_is_not_published(editor: Client, story: StoryPage, showing):
    edit = reverse("wagtailadmin_pages:edit", args=[story.pk])
    response = editor.post(edit, form_data(showing(story), **{"action-publish": "1"}))
    assert response.status_code == 200
    errors = response.context["form"].errors.as_data()["body"][0].as_json_data()
    assert "Choose the record of their consent" in str(errors["blockErrors"][0]["blockErrors"]["consent"])
    assert not is_shown(story)


def test_draft_is_saved_without_consent(editor: Client, story: StoryPage, showing):
    response = editor.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), form_data(showing(story)))
    assert response.status_code == 302
    latest = StoryPage.objects.get(pk=story.pk).get_latest_revision_as_object()
    assert latest.body[0].block_type == "image"


def test_editor_publishes_with_a_consent(editor: Client, story: StoryPage, showing, consent):
    data = form_data(showing(story), consent.pk, **{"action-publish": "1"})
    assert editor.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), data).status_code == 302
    assert is_shown(story)


@pytest.fixture
def moderated(story: StoryPage, showing, consent, approver: User) -> StoryPage:
    """A story in moderation whose consent was withdrawn since."""
    workflow = Workflow.objects.create(name="Approval", active=True)
    task = GroupApprovalTask.objects.create(name="Approve", active=True)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    WorkflowPage.objects.update_or_create(page=story.get_site().root_page, defaults={"workflow": workflow})
    showing(story, consent=consent.pk).save_revision()
    workflow.start(story, approver)
    type(consent).objects.filter(pk=consent.pk).update(withdrawn_on=TODAY)
    return StoryPage.objects.get(pk=story.pk)


def test_approval_without_consent_publishes_nothing_and_says_why(client: Client, moderated: StoryPage, approver: User):
    client.force_login(approver)
    state = moderated.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[moderated.pk, "approve", state.pk])
    response = client.post(url, {"comment": ""}, follow=True)
    assert "was withdrawn on 2026-11-02" in response.content.decode()
    assert not is_shown(moderated)
    assert moderated.current_workflow_state.status == "in_progress"


def test_page_without_consent_can_be_sent_back_in_the_editor(
    client: Client, moderated: StoryPage, approver: User, consent
):
    client.force_login(approver)
    page = moderated.get_latest_revision_as_object()
    data = form_data(page, consent.pk, **{"action-workflow-action": "1", "workflow-action-name": "reject"})
    client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    assert StoryPage.objects.get(pk=page.pk).current_workflow_state.status == "needs_changes"


def test_bulk_publishing_says_why_nothing_was_published(editor: Client, story: StoryPage, showing):
    showing(story).save_revision()
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={story.pk}"
    response = editor.post(url, {"include_descendants": ""}, follow=True)
    assert "This picture shows people" in response.content.decode()
    assert not is_shown(story)


def test_program_that_publishes_reads_why_not(editor: Client, story: StoryPage, showing):
    showing(story).save_revision()
    url = reverse("wagtailadmin_api:pages:action", args=[story.pk, "publish"])
    response = editor.post(url)
    assert response.status_code == 400
    assert "This picture shows people" in response.content.decode()
    assert not is_shown(story)
