"""Which stories an edition tells of."""

from datetime import datetime

from django.conf import settings
from django.db.models import Min

from home.models import StoryPage


def new_stories(*, since: datetime, until: datetime, topic: str, most: int) -> list[StoryPage]:
    """The newest stories whose first translation was published after ``since``, at most ``most``, the newest first.

    Each is a page that is live now: in the site's first language if there is one, else in the next. Later translations
    and edits make no story new. ``topic`` is a key of the settings, or empty for all.
    """
    pages = StoryPage.objects.filter(alias_of=None)
    first = (
        pages.exclude(first_published_at=None)
        .order_by()
        .values("translation_key")
        .annotate(first=Min("first_published_at"))
        .filter(first__gt=since, first__lte=until)
    )
    born = dict(first.values_list("translation_key", "first"))
    live = pages.filter(live=True, translation_key__in=list(born)).select_related("locale")
    if topic:
        live = live.filter(topics__topic=topic)
    languages = [code for code, _name in settings.LANGUAGES]
    found: dict[object, StoryPage] = {}
    for page in sorted(live, key=lambda page: languages.index(page.locale.language_code)):
        found.setdefault(page.translation_key, page)
    return sorted(found.values(), key=lambda page: (born[page.translation_key], page.pk), reverse=True)[:most]
