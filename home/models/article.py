"""What all pages share: a summary in plain words, a slug that is the same in every language, and topics."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable, Page
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

    @property
    def language(self) -> str:
        """The code of the page's language, without a query once languages are cached."""
        return str(self.locale.language_code)


P = TypeVar("P", bound=SitePage)


class Topic(Orderable):
    """A topic of a page, by its key in the settings; the concrete models say of which page."""

    topic = models.CharField(_("topic"), max_length=30, choices=topic_choices)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(settings.TOPICS.get(self.topic, self.topic))


def translation_in(page: P, language: str) -> P | None:
    """The live translation of the page, the page itself if it is in that language, or ``None``."""
    if page.language == language:
        return page if page.live else None
    return page.get_translations().live().filter(locale__language_code=language, alias_of=None).specific().first()


def topic_keys(topics: Iterable[Topic]) -> list[str]:
    """The keys, in the editor's order."""
    return [topic.topic for topic in topics]
