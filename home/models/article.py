"""What all pages share: a summary in plain words, a slug that is the same in every language, and topics."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable, Page, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail_localize.fields import SynchronizedField


def topic_choices() -> list[tuple[str, Any]]:
    """The topics of the settings; a callable, so that a migration does not freeze them."""
    return list(settings.TOPICS.items())


class SitePage(Page):
    """A page of the public site, written in one language and translated into the others."""

    summary = models.TextField(
        _("summary"),
        max_length=400,
        help_text=_("In plain words, two sentences at most: what a reader on the way should take along."),
    )

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    promote_panels = [FieldPanel("slug"), FieldPanel("show_in_menus")]
    override_translatable_fields = [SynchronizedField("slug", overridable=False)]

    class Meta:
        abstract = True

    @classmethod
    def newest(cls, language: str, topic: str = "") -> PageQuerySet:
        """The live pages of this type in a language, of a topic if one is given, the newest first.

        Only for pages that have ``published`` and ``topics``. Two queries, whatever their number.
        """
        pages = cls._default_manager.live().filter(~restricted(), locale__language_code=language, alias_of=None)
        if topic:
            pages = pages.filter(topics__topic=topic)
        return pages.select_related("locale").prefetch_related("topics").order_by("-published", "pk")

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Who alone may read the page. Where no page is restricted, the pages above this one need not be looked at."""
        found: models.QuerySet[PageViewRestriction] = PageViewRestriction.objects.none()
        return super().get_view_restrictions() if PageViewRestriction.objects.exists() else found

    @property
    def language(self) -> str:
        """The code of the page's language."""
        return str(self.locale.language_code)


def restricted() -> models.Exists:
    """Whether a page or one above it is not for everybody: as ``public()`` has it, without a query of its own."""
    path = models.ExpressionWrapper(models.OuterRef("path"), output_field=models.CharField())
    return models.Exists(PageViewRestriction.objects.alias(shown=path).filter(shown__startswith=models.F("page__path")))


P = TypeVar("P", bound=SitePage)


def translation_in(page: P, language: str) -> P | None:
    """The live translation of the page, the page itself if it is in that language, or ``None``."""
    if page.language == language:
        return page if page.live else None
    found: P | None = (
        type(page).objects.live().filter(translation_key=page.translation_key, locale__language_code=language).first()
    )
    return found if found and not found.alias_of_id else None


def in_language(pages: Iterable[P], language: str) -> dict[UUID, P]:
    """The pages by ``translation_key``, each in the language if it is live there, else as it is if that is live.

    All pages are of one type. One query.
    """
    given = {page.translation_key: page for page in pages}
    if not given:
        return {}
    found = (
        type(next(iter(given.values())))
        .objects.live()
        .filter(translation_key__in=given, locale__language_code=language, alias_of=None)
        .select_related("locale")
    )
    return {**{key: page for key, page in given.items() if page.live}, **{page.translation_key: page for page in found}}


class Topic(Orderable):
    """A topic of a page, by its key in the settings; the concrete models say of which page."""

    topic = models.CharField(_("topic"), max_length=30, choices=topic_choices)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(settings.TOPICS.get(self.topic, self.topic))
