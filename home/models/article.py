"""What all pages share: a summary in plain words, a slug that is the same in every language, and topics."""

import datetime
from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.log_actions import log
from wagtail.models import Locale, Orderable, Page, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.utils.decorators import cached_classmethod
from wagtail_localize.fields import SynchronizedField

from home.blocks import JoinBlock
from home.blocks.clean_page import clean_texts
from home.editorial import gate
from home.editorial.form import SitePageForm
from home.editorial.office_day import office_day
from home.page_cache.parts import part
from home.readable import make_readable
from home.search.fields import Words
from home.search.text import page_texts

A_DAY = datetime.timedelta(days=1)


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

    join = StreamField(
        [("join", JoinBlock())],
        verbose_name=_("sign-up form"),
        blank=True,
        default=list,
        max_num=1,
        help_text=_("At the end of the page, in place of the two links that stand there."),
    )

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    promote_panels = [FieldPanel("slug"), FieldPanel("show_in_menus"), FieldPanel("join")]
    translation_panels = [HelpPanel(template="home/admin/translations_panel.html", heading=_("Translations"))]
    override_translatable_fields = [SynchronizedField("slug", overridable=False)]
    search_fields = [*Page.search_fields, Words("title", boost=2), Words("reading_texts")]
    base_form_class = SitePageForm

    class Meta:
        abstract = True

    @cached_classmethod
    def get_edit_handler(cls) -> Any:
        """Wagtail's own tabs and one for the page's languages.

        Their ids are made of their headings, once in a process: not in the language of whoever comes first, so that an
        address which leads to one is good in every process.
        """
        tabs = [
            ObjectList(cls.content_panels, heading=_("Content")),
            ObjectList(cls.promote_panels, heading=_("Promote")),
            ObjectList(cls.translation_panels, heading=_("Translations")),
            ObjectList(cls.settings_panels, heading=_("Settings")),
        ]
        handler = TabbedInterface(tabs, base_form_class=cls.base_form_class).bind_to_model(cls)
        with override(None):
            _name_parts(handler)
        return handler

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save it, unless that would publish a photo of people without their consent.

        Raises :class:`home.editorial.gate.ConsentMissing`.
        """
        make_readable(self)
        if update_fields is None or "live" in update_fields:
            gate.check(self, day=office_day())
        super().save(*args, update_fields=update_fields, **kwargs)

    def publish(self, revision: Any, *args: Any, **kwargs: Any) -> None:
        """Publish a revision; one that was scheduled and lacks a consent is called off, so that the others go on."""
        try:
            super().publish(revision, *args, **kwargs)
        except gate.ConsentMissing as missing:
            if kwargs.get("log_action") != "wagtail.publish.scheduled":
                raise
            revision.approved_go_live_at = None
            revision.save(update_fields=["approved_go_live_at"])
            log(instance=self, action="home.call_off_publication", revision=revision, data={"lacks": missing.lacks})

    @classmethod
    def newest(cls, language: str, topic: str = "") -> PageQuerySet:
        """The live pages of this type in a language, of a topic if one is given, the newest first.

        Only for pages that have ``published`` and ``topics``. Two queries, whatever their number.
        """
        pages = cls._default_manager.live().filter(~restricted(), locale__language_code=language, alias_of=None)
        if topic:
            pages = pages.filter(topics__topic=topic)
        return pages.select_related("locale").prefetch_related("topics").order_by("-published", "pk")

    def shown_translations(self) -> Iterable["SitePage"]:
        """The pages that say in each language what this page shows, itself included; only those that are live."""
        pages: Iterable[SitePage] = (
            self.get_translations(inclusive=True).live().filter(alias_of=None).select_related("locale")
        )
        return pages

    def clean(self) -> None:
        """Leave nothing of a word processor in the page's texts."""
        clean_texts(self)
        super().clean()

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """Who alone may read the page. Where no page is restricted, the pages above this one need not be looked at."""
        found: models.QuerySet[PageViewRestriction] = PageViewRestriction.objects.none()
        return super().get_view_restrictions() if any_restricted() else found

    @property
    def language(self) -> str:
        """The code of the page's language."""
        return str(self.locale.language_code)

    def reading_texts(self) -> list[str]:
        """What a reader reads below the title, without markup: in reading order, the summary first."""
        return page_texts(self)

    @cached_property
    def topic_keys(self) -> list[str]:
        """The keys of the page's topics, in the editor's order; none for a kind without topics."""
        return [topic.topic for topic in self.topics.all()] if hasattr(self, "topics") else []

    @property
    def updated(self) -> datetime.date | None:
        """The day, in the office's time zone, of the last change: of one published a day or more after the first."""
        first, last = self.first_published_at, self.last_published_at
        return timezone.localdate(last) if first and last and last - first >= A_DAY else None


def restricted() -> models.Exists:
    """Whether a page or one above it is not for everybody: as ``public()`` has it, without a query of its own."""
    path = models.ExpressionWrapper(models.OuterRef("path"), output_field=models.CharField())
    return models.Exists(PageViewRestriction.objects.alias(shown=path).filter(shown__startswith=models.F("page__path")))


def any_restricted() -> bool:
    """Whether there is a page that is not for everybody: where there is none, nothing else need be asked."""
    return part(("restricted",), PageViewRestriction.objects.exists)


def restricted_branches(*, within: Page | None = None) -> tuple[str, ...]:
    """Where the pages that are not for everybody begin, as paths: at each page with a restriction of its own.

    Left out are those that hold for the page ``within`` too: whoever reads that may read what is in them. One query,
    and none where no page is restricted.
    """
    if not any_restricted():
        return ()
    # By the restrictions and not by the pages, so that what is kept of a page depends on no list of pages for it.
    paths = PageViewRestriction.objects.values_list("page__path", flat=True)
    return tuple(path for path in paths if within is None or not within.path.startswith(path))


P = TypeVar("P", bound=SitePage)


def _name_parts(panel: Any) -> None:
    """Make the ids of all that is in a panel of the editor."""
    for child in getattr(panel, "children", []):
        _name_parts(child)
    getattr(panel, "child_identifiers", None)


def translation_in(page: P, language: str) -> P | None:
    """The live translation of the page, the page itself if it is in that language, or ``None``.

    One that is not for everybody counts as not live.
    """
    found: P | None = page
    if page.language != language:
        translations = type(page).objects.filter(translation_key=page.translation_key)
        found = translations.live().filter(locale__language_code=language).first()
        if found and found.alias_of_id:
            return None
    return found if found and found.live and not found.path.startswith(restricted_branches()) else None


def in_language(
    pages: Iterable[P], language: str, *, locale: Locale | None = None, within: Page | None = None
) -> dict[UUID, P]:
    """The pages by ``translation_key``, each in the language if it is live there, else as it is if that is live.

    A page that is not for everybody counts as not live, unless whoever may read the page ``within``, which shows it,
    may read it too.

    All pages are of one type. One query, and another one where any page of the site is restricted; none if all are live
    in the language, where ``locale`` says which it is.
    """
    pages = list(pages)
    if not pages:
        return {}
    for page in pages:
        if locale and page.locale_id == locale.pk:
            page.locale = locale
    private = restricted_branches(within=within)
    given = {page.translation_key: page for page in pages}
    as_they_are = {key: page for key, page in given.items() if page.live and not page.path.startswith(private)}
    elsewhere = [key for key in given if key not in as_they_are or not locale or given[key].locale_id != locale.pk]
    if not elsewhere:
        return as_they_are
    found = (
        type(pages[0])
        .objects.live()
        .filter(translation_key__in=elsewhere, locale__language_code=language, alias_of=None)
        .select_related("locale")
    )
    return as_they_are | {page.translation_key: page for page in found if not page.path.startswith(private)}


class Topic(Orderable):
    """A topic of a page, by its key in the settings; the concrete models say of which page."""

    topic = models.CharField(_("topic"), max_length=30, choices=topic_choices)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(settings.TOPICS.get(self.topic, self.topic))
