import datetime

import pytest
from wagtail.images.models import Image, Rendition
from wagtail.models import Page

from home.models import PhotoConsent, PhotoUse
from outreach.broadcasts.photo_expiry import expire_photos


@pytest.fixture
def rendition(db: None) -> Rendition:
    image = Image.objects.create(title="Photo", file="original_images/photo.png", width=10, height=10)
    consent = PhotoConsent.objects.create(
        reference="C-1",
        filed="Cabinet",
        scope="All",
        given_on=datetime.date(2026, 1, 1),
        ends_on=datetime.date(2026, 11, 2),
    )
    PhotoUse.objects.create(page=Page.objects.first(), image=image, consent=consent)
    return Rendition.objects.create(image=image, filter_spec="width-360", file="images/photo.png", width=10, height=10)


def test_photo_is_taken_off_when_the_last_day_of_its_consent_is_over_in_the_office(rendition: Rendition):
    last = datetime.datetime(2026, 11, 3, 3, 59, tzinfo=datetime.UTC)
    assert expire_photos(now=last) == 0
    assert Rendition.objects.exists()
    assert expire_photos(now=last + datetime.timedelta(minutes=1)) == 1
    assert not Rendition.objects.exists()
