"""Photos of people need a consent that holds: without one a page can't be published, in whatever way it is tried.

Every way to publish ends in saving the page with ``live`` set, so the last gate stands there (``SitePage.save``); the
editor's form asks earlier, to say it beside the block.
"""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError
from wagtail.models import Page

from .people import Picture, pictures


class Lack(NamedTuple):
    """Why a picture may not be published: the ``state`` of the consent ``reference``, and since or until which ``day``.

    All are empty where no consent was chosen. As a string it says so in the reader's language.
    """

    state: str = ""
    reference: str = ""
    day: str = ""

    def __str__(self) -> str:
        return str(_LACKS[self.state]) % {"reference": self.reference, "day": self.day}


_LACKS = {
    "": gettext_lazy(
        "This picture shows people. Choose the record of their consent, or take a picture without people: "
        "without a consent the page can't be published."
    ),
    "ended": gettext_lazy("The consent %(reference)s ended on %(day)s. Ask the people again, or take another picture."),
    "withdrawn": gettext_lazy("The consent %(reference)s was withdrawn on %(day)s. Take another picture."),
    "future": gettext_lazy("The consent %(reference)s holds from %(day)s on."),
}
"""By the states of a consent that does not hold."""

Faults = list[tuple[Picture, Lack]]


class ConsentMissing(ValidationError):
    """A page shows people without a consent that holds; ``lacks`` says it for each picture, ``faults`` in words."""

    def __init__(self, page: Page, faults: Faults) -> None:
        self.page = page
        self.lacks = [lack for _picture, lack in faults]
        self.faults = [str(lack) for lack in self.lacks]
        super().__init__(dict(block_errors(faults)))

    def __str__(self) -> str:
        return " ".join(self.faults)


def block_errors(faults: Faults) -> dict[str, StreamBlockValidationError]:
    """The faults by field, each beside the consent of its block."""
    found: dict[str, dict[int, ValidationError]] = defaultdict(dict)
    for picture, lack in faults:
        found[picture.field][picture.index] = StructBlockValidationError({"consent": ValidationError(str(lack))})
    errors = {field: StreamBlockValidationError(errors) for field, errors in found.items()}
    for field, error in errors.items():
        # What a program reads that asked for the publication.
        error.message = " ".join(str(lack) for picture, lack in faults if picture.field == field)
    return errors


def faults(page: Page, *, day: date) -> Faults:
    """The pictures of a page that may not be published on a day of the office, each with the reason."""
    return [
        (picture, lack)
        for picture in pictures(page)
        if picture.shows_people and (lack := _lack(picture, day)) is not None
    ]


def check(page: Page, *, day: date) -> None:
    """Raises :class:`ConsentMissing` if saving the page would show readers a photo without a consent on a day.

    A live page that is not published anew keeps the photos that it has: it leaves out by itself what may not be shown,
    and has to be saved when it moves.
    """
    if not page.live:
        return
    found = faults(page, day=day)
    if found and not goes_live(page):
        uses = apps.get_model("home.PhotoUse").objects.filter(page_id=page.pk)
        known = set(uses.values_list("image_id", flat=True))
        found = [(picture, lack) for picture, lack in found if picture.image_id not in known]
    if found:
        raise ConsentMissing(page, found)


def goes_live(page: Page) -> bool:
    """Whether saving this live page publishes it, or publishes another version of it. One query."""
    stored = Page.objects.filter(pk=page.pk).values_list("live", "live_revision_id").first() if page.pk else None
    return stored is None or not stored[0] or stored[1] != page.live_revision_id


def _lack(picture: Picture, day: date) -> Lack | None:
    consent = picture.consent
    if consent is None:
        return Lack()
    state = consent.state_on(day)
    days = {
        consent.State.ENDED: consent.ends_on,
        consent.State.WITHDRAWN: consent.withdrawn_on,
        consent.State.FUTURE: consent.given_on,
    }
    if state not in days:
        return None
    return Lack(str(state), consent.reference, f"{days[state]:%Y-%m-%d}")
