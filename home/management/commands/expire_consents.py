"""Take photos off the site whose consent has ended or was withdrawn."""

from typing import Any

from django.core.management.base import BaseCommand

from home.editorial import photos
from home.editorial.office_day import office_day


class Command(BaseCommand):
    """To be run once a day after midnight in the office's time zone; more often does no harm."""

    help = (
        "Remove the files of photos whose consent has ended or was withdrawn, and name the pages that showed them. "
        "Pages leave such photos out by themselves from that day on."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Expire, and say what was taken off and what ends soon."""
        day = office_day()
        expired = photos.expire(day=day)
        self.stdout.write(f"{expired.images} photos taken off the site")
        for page in expired.pages:
            self.stdout.write(f"  shown on {page.url_path}")
        for consent in photos.ending(day=day):
            self.stdout.write(f"{consent.reference} ends on {consent.ends_on:%Y-%m-%d}")
