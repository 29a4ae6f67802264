"""Which stories and news an edition tells of."""

from datetime import datetime

from django.conf import settings
from django.db.models import Min

from home.models import NewsPage, StoryPage
from home.models.article import restricted

from .models import Series

NewPage = StoryPage | NewsPage
KINDS: dict[str, tuple[type[StoryPage] | type[NewsPage], ...]] = {
    Series.Carries.STORIES: (StoryPage,),
    Series.Carries.NEWS: (NewsPage,),
    Series.Carries.BOTH: (StoryPage, NewsPage),
}
"""The kinds of page by what a series carries."""


def new_pages(*, carries: str, since: datetime, until: datetime, topic: str, most: int) -> list[NewPage]:
    """The newest pages whose first translation was published after ``since``, at most ``most``, the newest first.

    ``carries`` is a value of :class:`Series.Carries`. Each page is live now, and for everybody: in the site's first
    language if it is so in it, else in the next. Later translations and edits make nothing new. ``topic`` is a key of
    the settings, or empty for all.
    """
    found: list[tuple[datetime, NewPage]] = []
    for kind in KINDS[carries]:
        found += _new(kind, since, until, topic)
    newest = sorted(found, key=lambda born: (born[0], born[1].pk), reverse=True)
    return [page for _born, page in newest[:most]]


def _new(
    kind: type[StoryPage] | type[NewsPage], since: datetime, until: datetime, topic: str
) -> list[tuple[datetime, NewPage]]:
    """The new pages of one kind, each with when its first translation was published."""
    pages = kind.objects.filter(alias_of=None)
    first = (
        pages.exclude(first_published_at=None)
        .order_by()
        .values("translation_key")
        .annotate(first=Min("first_published_at"))
        .filter(first__gt=since, first__lte=until)
    )
    born = dict(first.values_list("translation_key", "first"))
    live = pages.filter(~restricted(), live=True, translation_key__in=list(born)).select_related("locale")
    if topic:
        live = live.filter(topics__topic=topic)
    languages = [code for code, _name in settings.LANGUAGES]
    found: dict[object, NewPage] = {}
    for page in sorted(live, key=lambda page: languages.index(page.locale.language_code)):
        found.setdefault(page.translation_key, page)
    return [(born[key], page) for key, page in found.items()]
