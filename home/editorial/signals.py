"""What has to happen when a page is published or a consent changes; connected when the application starts."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete
from wagtail.search.index import insert_or_update_object

from home.models.article import SitePage

from .models import GlossaryPage, PhotoConsent, Term
from .office_day import office_day
from .photos import consent_changed, pages_changed, record_uses


def connect() -> None:
    """Connect everything; called once."""
    post_save.connect(note_photos, dispatch_uid="editorial.note_photos")
    post_save.connect(act_on_consent, sender=PhotoConsent, dispatch_uid="editorial.act_on_consent")
    pre_delete.connect(withdraw, sender=PhotoConsent, dispatch_uid="editorial.withdraw")
    for signal in (post_save, post_delete):
        signal.connect(tell_glossaries, sender=Term, dispatch_uid=f"editorial.tell_glossaries.{id(signal)}")


def note_photos(instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """A public page that was saved as a whole may show other photos than before."""
    if isinstance(instance, SitePage) and instance.live and not raw and update_fields is None:
        record_uses(instance)


def act_on_consent(instance: PhotoConsent, raw: bool = False, **kwargs: Any) -> None:
    """A consent that ends or is withdrawn takes its photos off the site at once."""
    if not raw:
        consent_changed(instance, day=office_day())


def withdraw(instance: PhotoConsent, **kwargs: Any) -> None:
    """A consent whose record is removed covers nothing any more."""
    instance.uses.update(consent=None)
    consent_changed(instance, day=office_day())


def tell_glossaries(instance: Term, **kwargs: Any) -> None:
    """Glossaries show the term and are found by it; those of other languages say that it is missing there."""
    if pages := list(GlossaryPage.objects.live()):
        for page in pages:
            insert_or_update_object(page)
        pages_changed.send(sender=Term, pages=pages)
