"""Photos of people need a consent that holds: without one a page can't be published, in whatever way it is tried.

Every way to publish ends in saving the page with ``live`` set, so the last gate stands there (``SitePage.save``); the
editor's form asks earlier, to say it beside the block.
"""

from collections import defaultdict
from datetime import date

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError
from wagtail.models import Page

from .people import Picture, pictures

Faults = list[tuple[Picture, str]]


class ConsentMissing(ValidationError):
    """A page shows people without a consent that holds; ``faults`` says it for each picture, in words."""

    def __init__(self, page: Page, faults: Faults) -> None:
        self.page = page
        self.faults = [message for _picture, message in faults]
        super().__init__(dict(block_errors(faults)))

    def __str__(self) -> str:
        return " ".join(self.faults)


def block_errors(faults: Faults) -> dict[str, StreamBlockValidationError]:
    """The faults by field, each beside the consent of its block."""
    found: dict[str, dict[int, ValidationError]] = defaultdict(dict)
    for picture, message in faults:
        found[picture.field][picture.index] = StructBlockValidationError({"consent": ValidationError(message)})
    errors = {field: StreamBlockValidationError(errors) for field, errors in found.items()}
    for field, error in errors.items():
        # What a program reads that asked for the publication.
        error.message = " ".join(message for picture, message in faults if picture.field == field)
    return errors


def faults(page: Page, *, day: date) -> Faults:
    """The pictures of a page that may not be published on a day of the office, each with the reason."""
    return [
        (picture, reason) for picture in pictures(page) if picture.shows_people and (reason := _reason(picture, day))
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
        found = [(picture, message) for picture, message in found if picture.image_id not in known]
    if found:
        raise ConsentMissing(page, found)


def goes_live(page: Page) -> bool:
    """Whether saving this live page publishes it, or publishes another version of it. One query."""
    stored = Page.objects.filter(pk=page.pk).values_list("live", "live_revision_id").first() if page.pk else None
    return stored is None or not stored[0] or stored[1] != page.live_revision_id


def _reason(picture: Picture, day: date) -> str:
    consent = picture.consent
    if consent is None:
        return _(
            "This picture shows people. Choose the record of their consent, or take a picture without people: "
            "without a consent the page can't be published."
        )
    state = consent.state_on(day)
    messages = {
        consent.State.ENDED: _(
            "The consent %(reference)s ended on %(day)s. Ask the people again, or take another picture."
        ),
        consent.State.WITHDRAWN: _("The consent %(reference)s was withdrawn on %(day)s. Take another picture."),
        consent.State.FUTURE: _("The consent %(reference)s holds from %(day)s on."),
    }
    days = {
        consent.State.ENDED: consent.ends_on,
        consent.State.WITHDRAWN: consent.withdrawn_on,
        consent.State.FUTURE: consent.given_on,
    }
    if state not in messages:
        return ""
    return messages[state] % {"reference": consent.reference, "day": f"{days[state]:%Y-%m-%d}"}
