"""Photos that may not be shown any more: which they are, and what happens on the day on which that begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from wagtail.images import get_image_model
from wagtail.models import Page

from .models import PhotoConsent, PhotoUse
from .people import pictures

SOON = timedelta(days=30)
"""So long before a consent ends editors are told."""

pages_changed = Signal()
"""Sent with ``pages``, a list of pages that show something else now although nobody published them."""


@dataclass(frozen=True)
class Expired:
    """What was taken off the site: pictures whose files were removed, and the pages that showed them."""

    images: int
    pages: list[Page]


def valid_on(day: date) -> Q:
    """The consents that hold on a day of the office; the same rule as :meth:`PhotoConsent.state_on`."""
    lasts = Q(ends_on=None) | Q(ends_on__gte=day)
    stays = Q(withdrawn_on=None) | Q(withdrawn_on__gt=day)
    return Q(given_on__lte=day) & lasts & stays


def record_uses(page: Page) -> None:
    """Note which photos of people a public page shows."""
    shown = {
        (picture.image_id, picture.consent.pk if picture.consent else None)
        for picture in pictures(page)
        if picture.shows_people and picture.image_id
    }
    with transaction.atomic():
        PhotoUse.objects.filter(page_id=page.pk).delete()
        PhotoUse.objects.bulk_create(
            PhotoUse(page_id=page.pk, image_id=image, consent_id=consent) for image, consent in sorted(shown, key=str)
        )


def withheld(image_ids: Iterable[int], *, day: date) -> set[int]:
    """The pictures among these that show people and that no consent covers on a day of the office. Two queries."""
    shown = set(PhotoUse.objects.filter(image_id__in=image_ids).values_list("image_id", flat=True))
    if not shown:
        return set()
    valid = PhotoConsent.objects.filter(valid_on(day))
    return shown - set(
        PhotoUse.objects.filter(image_id__in=shown, consent__in=valid).values_list("image_id", flat=True)
    )


def expire(*, day: date) -> Expired:
    """Take off the site what may not be shown on a day of the office; safe to run again at any time.

    Pages leave such a picture out from that day on by themselves, so what is left to do is to remove the files that
    were made of it for the site, and to tell whoever keeps copies of pages.
    """
    every = PhotoUse.objects.values_list("image_id", flat=True).distinct()
    images = withheld(every, day=day)
    renditions = get_image_model().get_rendition_model().objects.filter(image_id__in=images)
    shown = set(renditions.values_list("image_id", flat=True))
    for rendition in renditions:
        rendition.delete()
    pages = list(Page.objects.filter(pk__in=PhotoUse.objects.filter(image_id__in=shown).values("page_id")).specific())
    if pages:
        pages_changed.send(sender=PhotoConsent, pages=pages)
    return Expired(images=len(shown), pages=pages)


def consent_changed(consent: PhotoConsent, *, day: date) -> None:
    """Let a change to a consent act at once, on every page that shows its photos."""
    pages = list(Page.objects.filter(pk__in=consent.uses.values("page_id")).specific())
    expire(day=day)
    if pages:
        pages_changed.send(sender=PhotoConsent, pages=pages)


def ending(*, day: date) -> QuerySet[PhotoConsent]:
    """The consents that hold on a day of the office and end within :data:`SOON` of it, the first to end first."""
    return PhotoConsent.objects.filter(valid_on(day), ends_on__lte=day + SOON).order_by("ends_on", "reference")
