"""Every column that may hold a text is cleared when somebody is erased, or it stands here why it need not be."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from taggit.models import Tag
from wagtail.admin.models import FormState
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Comment, CommentReply, Page
from wagtail_localize.models import String

from outreach import forgetting
from outreach.audience import mentions
from outreach.audience.addresses import encrypt
from outreach.audience.erasure import erase
from outreach.audience.models import Import, ImportRefusal, JoinLink, Segment, SegmentEdit
from tests.ground.traces import in_tables

from .broadcasts.conftest import NOW, joined, stories, story  # noqa: F401

ADDRESS = "zoraida@example.org"

GONE_WITH_THE_PERSON = {
    "outreach.Subscriber": "source",
    "outreach.TopicChoice": "topic",
    "outreach.Subscription": "address_encrypted address_hash",
    "outreach.JoinRequest": "language topics wording_versions wording_language source method",
    "outreach.Consent": "wording_version language actor_name",
    "outreach.TestChat": "address_encrypted",
    "outreach.ImportPart": "content",
    "outreach.SandboxChat": "name language_code",
    "outreach.SandboxMessage": "receiver subject content",
    "outreach.SandboxUpdate": "payload",
    "outreach.Delivery": "provider_id detail",
    "wagtailadmin.FormState": "data",
}
"""Rows that erasing removes, or rows of the person out of which the stage that keeps them takes the address."""

CODES = {
    "outreach.Delivery": "slot segment language lease_owner",
    "outreach.Cohort": "segment language",
    "outreach.Lease": "owner",
    "outreach.Import": "dialect mapping counts",
    "outreach.ImportRefusal": "reason",
    "outreach.ColumnMapping": "header_hash mapping",
    "outreach.JoinLink": "code",
    "outreach.SignUpCount": "source",
    "outreach.PaperSheet": "wording_versions entry",
    "outreach.JoinAttempts": "bucket",
    "outreach.Removal": "kind",
    "outreach.KeyedSecret": "name encrypted",
    "outreach.Segment": "code rule",
    "outreach.SegmentEdit": "rule",
    "outreach.Suppression": "address_hash",
    "outreach.QuietHours": "zone",
    "outreach.Broadcast": "channels",
    "outreach.Approval": "content_hash audience_hash",
    "outreach.Series": "channels weekdays",
    "outreach.SeriesApproval": "rule_hash",
    "outreach.Freeze": "segments",
    "outreach.ApiToken": "label name digest",
    "outreach.Rollup": "segment group gender language channel",
    "outreach.Margin": "place",
    "outreach.PeopleSet": "place numbers",
    "outreach.PopulationEstimate": "segment",
    "outreach.StoryRollup": "story",
    "outreach.Snapshot": "place definitions digest",
    "outreach.SnapshotCells": "counts hidden members",
    "outreach.UpdateCursor": "bot",
    "outreach.JournalCursor": "name",
    "outreach.PageDay": "language",
    "home.ChecklistAnswer": "item content_hash",
    "home.TranslationReview": "text_hash",
    "wagtail_localize.TranslationSource": "schema_version",
    "wagtail_localize.TranslationContext": "path field_path",
    "wagtail_localize.StringTranslation": "tool_name",
    "wagtail_localize.Template": "template_format",
    "wagtailredirects.Redirect": "old_path redirect_page_route_path redirect_link",
    "wagtaildocs.Document": "file file_hash",
    "wagtailimages.Image": "file file_hash",
    "wagtailimages.Rendition": "filter_spec file focal_point_key",
    "wagtailadmin.EditingSession": "object_id",
    "wagtailadmin.FormState": "object_id parent_object_id",
    "wagtailcore.Locale": "language_code",
    "wagtailcore.APIToken": "name key_hash prefix",
    "wagtailcore.ModelLogEntry": "action object_id",
    "wagtailcore.PageLogEntry": "action",
    "wagtailcore.Revision": "object_id",
    "wagtailcore.CollectionViewRestriction": "password",
    "wagtailcore.PageViewRestriction": "password",
    "wagtailcore.Collection": "path",
    "wagtailcore.UploadedFile": "file",
    "wagtailcore.WorkflowState": "object_id",
    "wagtailcore.Comment": "contentpath position",
    "wagtailcore.ReferenceIndex": "object_id to_object_id model_path content_path",
    "taggit.Tag": "slug",
    "admin.LogEntry": "object_id",
    "auth.Permission": "name codename",
    "contenttypes.ContentType": "app_label model",
    "sessions.Session": "session_key session_data",
}
"""Codes, numbers, keyed hashes, secrets, and names that the program gives: no text that a person writes."""

PUBLISHED = {
    "home.Term": "term definition instead_of unless why source source_url",
    "outreach.Wording": "version reason",
    "outreach.WordingText": "text",
    "outreach.Campaign": "name slug objective target_groups",
    "outreach.Broadcast": "title",
    "outreach.Series": "title",
    "outreach.Message": "subject preview_text body button_label button_url more_buttons picture_file picture_alt "
    "picture_source source_hash links rendered",
    "outreach.Result": "code statement assumptions",
    "outreach.Indicator": "code name definition formula disaggregation metric verification method frequency owner "
    "limits baseline_text",
    "outreach.Target": "text",
    "outreach.Snapshot": "reason payload",
    "wagtailembeds.Embed": "url hash html title author_name provider_name thumbnail_url",
    "wagtailforms.FormSubmission": "form_data",
    "wagtailcore.Site": "hostname site_name",
}
"""What is made for readers: to change it is the editors' affair. No page holds a form of Wagtail's."""

THE_TEAM = {
    "home.TranslationReview": "reviewed_by",
    "outreach.Change": "by_name",
    "wagtailusers.UserProfile": "preferred_language current_time_zone avatar dismissibles",
    "wagtailcore.Workflow": "name",
    "wagtailcore.Task": "name",
    "auth.Group": "name",
    "auth.User": "password username first_name last_name email",
}
"""Who works here, and how: an account of theirs is not taken from somebody who is erased as a reader."""

SEARCHED = {"wagtailsearch.IndexEntry", "wagtailsearch.SQLiteFTSIndexEntry"}
"""Made anew from what it is of whenever that is cleared; which columns there are depends on the database."""

DECIDED = (GONE_WITH_THE_PERSON, CODES, PUBLISHED, THE_TEAM)
KINDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)


def columns() -> Iterator[tuple[str, str]]:
    """Every column of every model that may hold a text, beside those of pages, and of choices that are fixed."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            is_text = isinstance(field, KINDS) or field.get_internal_type() in ("TextField", "JSONField")
            if is_text and not field.choices and not (issubclass(model, Page) and is_cleared(model, field)):
                yield model._meta.label, field.name


def is_cleared(page: type[Page], field: models.Field) -> bool:
    """Whether drafts are cleared in this column; a part of an address holds no @."""
    return field.get_internal_type() in ("CharField", "TextField", "JSONField") or isinstance(field, models.SlugField)


def decided() -> list[tuple[str, str]]:
    listed = [(label, name) for each in DECIDED for label, names in each.items() for name in names.split()]
    cleared = [(model._meta.label, name) for model, names in mentions.masked_columns().items() for name in names]
    return [*listed, *cleared, ("wagtailcore.Revision", "content"), ("wagtailcore.Revision", "object_str")]


def test_of_every_text_it_is_decided_what_becomes_of_an_address_in_it():
    undecided = {(label, name) for label, name in set(columns()) - set(decided()) if label not in SEARCHED}

    assert not undecided, "mask it (outreach.audience.mentions), or say here why an address may stay in it"


def test_nothing_is_decided_twice_or_of_what_is_gone():
    found = decided()
    gone = {(label, name) for label, name in set(found) - set(columns()) if label not in SEARCHED}

    assert sorted(found) == sorted(set(found))
    assert not gone


@pytest.fixture
def person(joined):
    return joined("email", address_encrypted=encrypt(ADDRESS)).subscriber


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("officer")


@pytest.mark.django_db
def test_what_the_team_wrote_holds_it_no_more(person, user, story):
    told = f"As {ADDRESS} wished"
    made = Import.objects.create(file_name="list.csv", header=[ADDRESS], options={"other_words": f"Yes!\n{ADDRESS}"})
    ImportRefusal.objects.create(of=made, row=2, column=ADDRESS, reason="invalid")
    JoinLink.objects.create(code="clinic", place=f"The clinic of {ADDRESS}")
    for code, name in (("one", ADDRESS), ("two", ADDRESS.upper())):
        segment = Segment.objects.create(code=code, name=name, description=told, rule={"all": []})
    SegmentEdit.objects.create(segment=segment, edited_at=NOW, name=ADDRESS, description=told, rule={"all": []})
    comment = Comment.objects.create(page=story, user=user, text=told, contentpath="summary")
    CommentReply.objects.create(comment=comment, user=user, text=told)
    get_document_model().objects.create(title=told, file="a.pdf")
    get_image_model().objects.create(title=told, description=told, file="a.png", width=1, height=1)
    Tag.objects.create(name=ADDRESS, slug="hers")
    String.objects.create(locale=story.locale, data=told)
    assert len(set(in_tables([ADDRESS]))) >= 15

    assert erase(subscriber=person, now=NOW) == []

    assert not set(in_tables([ADDRESS]))
    made.refresh_from_db()
    assert (made.header, made.options) == (["…"], {"other_words": "Yes!\n…"})
    assert {each.name for each in Segment.objects.all()} == {f"… {each.pk}" for each in Segment.objects.all()}


@pytest.mark.django_db
def test_what_is_being_typed_goes_and_what_others_type_stays(person, user, story):
    kind = ContentType.objects.get_for_model(story)
    kept = {"user": user, "content_type": kind, "parent_object_id": "", "last_updated_at": NOW}
    FormState.objects.create(**kept, object_id="1", data="summary=Ask+zoraida%40example.org+today")
    FormState.objects.create(**kept, object_id="2", data="summary=Ask+another%40example.org")

    erase(subscriber=person, now=NOW)

    assert [each.object_id for each in FormState.objects.all()] == ["2"]


@pytest.mark.django_db
def test_the_copy_of_a_published_text_stays_for_its_translation(person, story):
    story.summary = f"The office: {ADDRESS}"
    story.save_revision().publish()
    copy = String.objects.create(locale=story.locale, data=story.summary)

    assert erase(subscriber=person, now=NOW) == [story.title]

    copy.refresh_from_db()
    assert ADDRESS in copy.data


def test_registering_notes_again_changes_nothing():
    before = dict(mentions.masked_columns())

    forgetting.register()

    assert mentions.masked_columns() == before
