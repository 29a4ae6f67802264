"""Rights in plain words: one card for each right, and the page that lists and prints them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.query import PageQuerySet
from wagtail_localize.fields import SynchronizedField

from .article import SitePage, Topic, restricted

CARD_FEATURES = ["bold", "italic", "ol", "ul", "link"]


class LegalStatus(models.TextChoices):
    """What a right rests on in Dominica. Each has a sign of its own shape, and words that cannot be mistaken."""

    LAW = "law", _("Law in Dominica")
    RATIFIED = "ratified", _("Treaty that Dominica has ratified")
    STANDARD = "standard", _("International standard, not national law")


STATUS_MEANS = {
    LegalStatus.LAW: _("An Act or a regulation of Dominica says so. An office or a court can make others respect it."),
    LegalStatus.RATIFIED: _(
        "Dominica has promised other countries to respect it. What a court can do about it depends on national law."
    ),
    LegalStatus.STANDARD: _(
        "Agreed on at the United Nations or the International Labour Organization. "
        "Dominica is not known to have ratified it: you can appeal to it, but it is not automatically law here."
    ),
}


class RightsCardTopic(Topic):
    """A topic of a rights card."""

    page = ParentalKey("home.RightsCardPage", on_delete=models.CASCADE, related_name="topics")


class RightsCardPage(SitePage):
    """One right: in one sentence, what it means, what you can do, where to ask, and what it rests on.

    The sentence is its summary as well, wherever a list or a shared link shows one.
    """

    right = models.CharField(
        _("the right"),
        max_length=300,
        help_text=_("One sentence in plain words, to the reader: “Your passport and permits are yours.”"),
    )
    meaning = RichTextField(_("what it means"), features=CARD_FEATURES, max_length=1200)
    what_to_do = RichTextField(
        _("what you can do"), features=CARD_FEATURES, max_length=1200, help_text=_("Steps that are safe to take.")
    )
    where_to_ask = RichTextField(
        _("where to ask"), features=CARD_FEATURES, max_length=600, help_text=_("Who helps, and how to reach them.")
    )
    status = models.CharField(
        _("legal status in Dominica"),
        max_length=10,
        choices=LegalStatus.choices,
        default=LegalStatus.STANDARD,
        help_text=_("If you are not sure, it is an international standard."),
    )
    status_note = models.CharField(
        _("note on the legal status"),
        max_length=300,
        blank=True,
        help_text=_("Since when, according to whom, and what could not be verified."),
    )
    source = models.CharField(_("source"), max_length=300, help_text=_("The law or convention, with its year."))
    article = models.CharField(_("article"), max_length=30, help_text=_("Its number, for example 25(3)."))
    source_url = models.URLField(_("address of the source"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("right"),
        InlinePanel("topics", label=_("topic"), heading=_("Topics"), min_num=1),
        FieldPanel("meaning"),
        FieldPanel("what_to_do"),
        FieldPanel("where_to_ask"),
        MultiFieldPanel([FieldPanel("status"), FieldPanel("status_note")], heading=_("Legal status in Dominica")),
        MultiFieldPanel([FieldPanel("source"), FieldPanel("article"), FieldPanel("source_url")], heading=_("Source")),
    ]
    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        # Follows the sentence of its own language: see full_clean.
        SynchronizedField("summary", overridable=False),
        SynchronizedField("status", overridable=False),
        SynchronizedField("article", overridable=False),
        SynchronizedField("source_url", overridable=False),
    ]
    template = "home/rights_card.html"
    parent_page_types = ["home.RightsIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("rights card")
        verbose_name_plural = _("rights cards")

    @property
    def status_means(self) -> Any:
        """What the card's legal status means for a reader."""
        return STATUS_MEANS[LegalStatus(self.status)]

    def words(self) -> list[str]:
        """What somebody reads who sees the card inside a story."""
        return [self.title, self.right, self.meaning, self.what_to_do, self.status, self.status_note, self.article]

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """The sentence is the summary: every saving passes here."""
        self.summary = self.right
        super().full_clean(*args, **kwargs)

    @classmethod
    def cards(cls, language: str, topic: str = "") -> PageQuerySet:
        """The cards of a language, of a topic if one is given, in the order of the editors."""
        cards = cls.objects.live().public().filter(locale__language_code=language, alias_of=None)
        if topic:
            cards = cards.filter(topics__topic=topic)
        return cards.select_related("locale").order_by("path")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows: the card, the list it stands in, and the cards on either side of it."""
        # A neighbour in the order of the editors; a few columns of a few dozen rows.
        order = list(RightsCardPage.cards(self.language).only("title", "right", "path", "locale", "url_path"))
        place = next((number for number, card in enumerate(order) if card.pk == self.pk), None)
        around = {} if place is None else {"earlier": order[place - 1 : place], "later": order[place + 1 : place + 2]}
        return super().get_context(request, *args, **kwargs) | {
            "index": self.get_parent(),
            "earlier": next(iter(around.get("earlier", [])), None),
            "later": next(iter(around.get("later", [])), None),
        }


def chosen_cards(chosen: list[RightsCardPage], language: str) -> dict[UUID, RightsCardPage]:
    """Cards that a story names, by ``translation_key``: in the story's language, else as they were chosen.

    A card that is not live or not public is left out. Two queries, and none where no card is named.
    """
    keys = {card.translation_key for card in chosen}
    if not keys:
        return {}
    found = (
        RightsCardPage.objects.live()
        .public()
        .filter(translation_key__in=keys, alias_of=None)
        .filter(Q(locale__language_code=language) | Q(pk__in=[card.pk for card in chosen]))
        .select_related("locale")
    )
    cards = list(found)
    other = {card.translation_key: card for card in cards if card.language != language}
    return other | {card.translation_key: card for card in cards if card.language == language}


@dataclass(frozen=True)
class Filter:
    """One choice of the list's filter: how many cards it leaves, and the address at which it does."""

    key: str
    label: Any
    number: int
    address: str
    current: bool


class RightsIndexPage(SitePage):
    """Your rights in plain words: every card, by topic and legal status, and a sheet of cards when it is printed."""

    template = "home/rights_index.html"
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.RightsCardPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of rights cards")
        verbose_name_plural = _("lists of rights cards")

    @classmethod
    def listed(cls, language: str) -> "RightsIndexPage | None":
        """The list of a language, if it has one. One query."""
        return cls.objects.live().filter(~restricted(), locale__language_code=language, alias_of=None).first()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What the template shows; the number of queries does not depend on the number of cards."""
        cards = list(RightsCardPage.cards(self.language).prefetch_related("topics"))
        topics = {card.pk: {topic.topic for topic in card.topics.all()} for card in cards}
        topic = known(request.GET.get("topic"), settings.TOPICS)
        status = known(request.GET.get("status"), LegalStatus.values)
        of_topic = [card for card in cards if not topic or topic in topics[card.pk]]
        of_status = [card for card in cards if not status or card.status == status]
        shown = [card for card in of_topic if card in of_status]
        by_topic = Counter(key for card in of_status for key in topics[card.pk])
        by_status = Counter(card.status for card in of_topic)
        used = {key for keys in topics.values() for key in keys}
        held = {card.status for card in cards}
        return super().get_context(request, *args, **kwargs) | {
            "cards": shown,
            "total": len(cards),
            "topic": settings.TOPICS.get(topic),
            "status": LegalStatus(status) if status else None,
            "topics": filters(
                {key: name for key, name in settings.TOPICS.items() if key in used},
                by_topic | {"": len(of_status)}, "topic", topic, {"status": status},
            ),
            "statuses": filters(
                {key: name for key, name in LegalStatus.choices if key in held},
                by_status | {"": len(of_topic)}, "status", status, {"topic": topic},
            ),
            "meanings": [(key, label, STATUS_MEANS[LegalStatus(key)]) for key, label in LegalStatus.choices],
        }  # fmt: skip


def known(value: str | None, values: Any) -> str:
    """The value if it is one of those, else nothing: an old or mistyped address shows every card."""
    return value if value and value in values else ""


def filters(
    labels: dict[str, Any], numbers: dict[str, int], name: str, current: str, others: dict[str, str]
) -> list[Filter]:
    """*All* and the choices that there are; each keeps what else was chosen."""
    return [
        Filter(
            key=key,
            label=label,
            number=numbers.get(key, 0),
            address="?" + urlencode({what: chosen for what, chosen in {name: key, **others}.items() if chosen}),
            current=key == current,
        )
        for key, label in {"": _("All"), **labels}.items()
    ]
