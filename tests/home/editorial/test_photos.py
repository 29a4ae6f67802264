import datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from wagtail.images.models import Image, Rendition

from home.editorial import photos
from home.models import PhotoConsent, PhotoUse, StoryPage

from .conftest import TODAY

GONE = "The consent of the people in it has ended"
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def shown(story: StoryPage, showing, consent) -> StoryPage:
    showing(story, consent=consent.pk).save_revision().publish()
    return StoryPage.objects.get(pk=story.pk)


@pytest.fixture
def file(shown: StoryPage, reader: Client, photo: Image) -> str:
    """The address of a file that a reader was shown."""
    assert GONE not in reader.get(shown.url).content.decode()
    return Rendition.objects.filter(image=photo).first().url


def status(reader: Client, url: str) -> int:
    response = reader.get(url)
    if response.streaming:
        assert list(response.streaming_content)
    return response.status_code


def test_photo_and_its_files_are_public_while_the_consent_holds(reader: Client, file: str, media: Path):
    assert status(reader, file) == 200


def test_photo_leaves_the_site_the_day_after_its_consent_ends(shown, consent, reader: Client, file: str, at_noon):
    at_noon.move_to(datetime.datetime(2027, 1, 2, 3, 59, tzinfo=datetime.UTC))
    assert status(reader, file) == 200
    at_noon.move_to(datetime.datetime(2027, 1, 2, 4, 0, tzinfo=datetime.UTC))
    page = reader.get(shown.url).content.decode()
    assert GONE in page
    assert "Two people lay a roof" not in page
    assert "/media/" not in page
    assert status(reader, file) == 404


def test_withdrawn_consent_acts_at_once_and_removes_the_files(
    shown, consent, reader: Client, file: str, media: Path, django_capture_on_commit_callbacks
):
    names = list(Rendition.objects.values_list("file", flat=True))
    told = []
    photos.pages_changed.connect(lambda pages, **more: told.append(pages), weak=False, dispatch_uid="test")
    consent.withdrawn_on = TODAY
    with django_capture_on_commit_callbacks(execute=True):
        consent.save()
    photos.pages_changed.disconnect(dispatch_uid="test")
    assert GONE in reader.get(shown.url).content.decode()
    assert status(reader, file) == 404
    assert names
    assert not any((media / name).exists() for name in names)
    assert [page.pk for page in told[0]] == [shown.pk]


def test_removed_record_covers_nothing(shown, consent, reader: Client, file: str):
    consent.delete()
    assert GONE in reader.get(shown.url).content.decode()
    assert status(reader, file) == 404


def test_file_that_staff_make_anew_after_the_end_is_not_handed_out(shown, consent, reader: Client, file: str, photo):
    consent.withdrawn_on = TODAY
    consent.save()
    made = photo.get_rendition("max-165x165")
    assert status(reader, made.url) == 404


def test_photo_that_another_consent_covers_stays(shown, consent, reader: Client, file: str, photo, infographic):
    other = PhotoConsent.objects.create(reference="C-2", filed="Cabinet", scope="All", given_on=TODAY)
    PhotoUse.objects.create(page=infographic.page_ptr, image=photo, consent=other)
    consent.withdrawn_on = TODAY
    consent.save()
    assert photos.withheld([photo.pk], day=TODAY) == set()
    assert GONE in reader.get(shown.url).content.decode()


def test_photos_of_nobody_are_never_withheld(story, showing, photo, reader: Client):
    showing(story, role="nobody").save_revision().publish()
    assert photos.withheld([photo.pk], day=TODAY) == set()


def test_publishing_without_the_photo_forgets_its_use(shown, story):
    story.refresh_from_db()
    story.body = []
    story.save_revision().publish()
    assert not PhotoUse.objects.exists()


def test_daily_command_takes_off_what_ended_and_names_what_ends_soon(shown, consent, file: str, capsys, at_noon):
    PhotoConsent.objects.create(
        reference="C-2027", filed="Cabinet", scope="All", given_on=TODAY, ends_on=datetime.date(2027, 2, 1)
    )
    at_noon.shift(datetime.timedelta(days=70))
    call_command("expire_consents")
    said = capsys.readouterr().out
    assert "1 photos taken off the site" in said
    assert shown.url_path in said
    assert "C-2027 ends on 2027-02-01" in said
    assert not Rendition.objects.exists()
    call_command("expire_consents")
    assert "0 photos taken off the site" in capsys.readouterr().out


def test_only_consents_that_hold_and_end_within_30_days_are_said_to_end(consent):
    for days, reference in ((30, "in 30 days"), (31, "in 31 days"), (-1, "ended")):
        PhotoConsent.objects.create(
            reference=reference,
            filed="Cabinet",
            scope="All",
            given_on=TODAY - datetime.timedelta(days=90),
            ends_on=TODAY + datetime.timedelta(days=days),
        )
    assert [found.reference for found in photos.ending(day=TODAY)] == ["in 30 days"]


@pytest.mark.parametrize("days", range(-2, 3))
@pytest.mark.parametrize("field", ["given_on", "ends_on", "withdrawn_on"])
def test_database_and_record_agree_on_what_holds(consent, field, days):
    setattr(consent, field, TODAY + datetime.timedelta(days=days))
    consent.save()
    holds = PhotoConsent.objects.filter(photos.valid_on(TODAY)).exists()
    assert holds == (consent.state_on(TODAY) is PhotoConsent.State.VALID)


@pytest.mark.parametrize("field", ["ends_on", "withdrawn_on"])
def test_consent_can_not_end_before_it_was_given(consent, field):
    setattr(consent, field, consent.given_on - datetime.timedelta(days=1))
    with pytest.raises(ValidationError) as error:
        consent.full_clean()
    assert list(error.value.message_dict) == [field]


def test_story_needs_as_many_queries_for_many_photos(shown, story, photo, consent, reader, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        reader.get(shown.url)
        with CaptureQueriesContext(connection) as captured:
            reader.get(shown.url)
        return sum("photoconsent" in query["sql"] for query in captured)

    assert queries() == 1
    raw = list(StoryPage.objects.get(pk=story.pk).body.get_prep_value())
    page = StoryPage.objects.get(pk=story.pk)
    page.body = [*raw, *({"type": "image", "value": raw[-1]["value"]} for _number in range(5))]
    page.save_revision().publish()
    assert queries() == 1
