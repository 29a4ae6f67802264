"""What the editorial checks remember: terms, consents of people shown, where their photos are, and answers."""

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, TranslatableMixin
from wagtail_localize.fields import SynchronizedField, TranslatableField

from home.models.article import SitePage


class Term(TranslatableMixin, models.Model):
    """A word that the office uses, in one language, and the words that it avoids for it.

    ``instead_of`` and ``unless`` hold one phrase a line: a text is warned of the first, except where it stands within
    one of the second. Each language avoids words of its own, so neither is a translation of the other's.
    """

    term = models.CharField(_("term"), max_length=120)
    definition = models.TextField(_("what it means"), help_text=_("In plain words, for the public glossary."))
    instead_of = models.TextField(
        _("words to avoid"),
        blank=True,
        help_text=_("One word or phrase a line, in the singular. Editors are warned where a text uses one."),
    )
    unless = models.TextField(
        _("but not within"),
        blank=True,
        help_text=_("One phrase a line in which a word to avoid is right: no warning there."),
    )
    why = models.TextField(_("why"), blank=True, help_text=_("What is wrong with the words to avoid."))
    source = models.CharField(_("source"), max_length=300, blank=True)
    source_url = models.URLField(_("address of the source"), blank=True)

    panels = [
        FieldPanel("term"),
        FieldPanel("definition"),
        MultiFieldPanel(
            [FieldPanel("instead_of"), FieldPanel("unless"), FieldPanel("why")], heading=_("What editors are warned of")
        ),
        MultiFieldPanel([FieldPanel("source"), FieldPanel("source_url")], heading=_("Source")),
    ]
    translatable_fields = [
        TranslatableField("term"),
        TranslatableField("definition"),
        TranslatableField("instead_of"),
        TranslatableField("unless"),
        TranslatableField("why"),
        SynchronizedField("source"),
        SynchronizedField("source_url"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["term"]

    def __str__(self) -> str:
        return self.term

    @property
    def avoided(self) -> list[str]:
        """The words that the term should stand in place of."""
        return [line.strip() for line in self.instead_of.splitlines() if line.strip()]


class GlossaryPage(SitePage):
    """The public glossary: every term of the page's language, in its alphabet."""

    template = "home/glossary.html"
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("glossary")
        verbose_name_plural = _("glossaries")

    def reading_texts(self) -> list[str]:
        """Its terms are read on it and found with it. One query."""
        from .terms import terms

        return [*super().reading_texts(), *(f"{term.term}: {term.definition}" for term in terms(self.language))]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The terms by letter, and those that are not translated yet."""
        from .terms import by_letter, terms, untranslated

        return super().get_context(request, *args, **kwargs) | {
            "letters": by_letter(terms(self.language), self.language),
            "untranslated": untranslated(self.language),
            "source_language": settings.LANGUAGE_CODE,
        }


class PhotoConsent(models.Model):
    """The consent of the people in a photo, as it was signed and filed.

    Days are those of the office's time zone. ``ends_on`` is the last day on which the photo may be shown,
    ``withdrawn_on`` the first day on which it may not. No name stands here: the signed form has it.
    """

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        FUTURE = "future", _("Not given yet")
        ENDED = "ended", _("Ended")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    reference = models.CharField(
        _("reference"), max_length=60, unique=True, help_text=_("As on the signed form, for example C-2026-014.")
    )
    people = models.PositiveSmallIntegerField(
        _("people"), default=1, help_text=_("How many people signed. Everybody who can be recognised has to.")
    )
    filed = models.CharField(_("filed at"), max_length=200, help_text=_("Where the signed forms are. No names here."))
    scope = models.TextField(
        _("covers"), help_text=_("What the people agreed to: which photos, where they may be shown, for what purpose.")
    )
    given_on = models.DateField(_("given on"))
    ends_on = models.DateField(
        _("ends on"), null=True, blank=True, help_text=_("The last day on which the photos may be shown.")
    )
    withdrawn_on = models.DateField(
        _("withdrawn on"),
        null=True,
        blank=True,
        help_text=_("From this day on the photos are shown nowhere, whatever else was agreed."),
    )

    panels = [
        FieldPanel("reference"),
        FieldPanel("people"),
        FieldPanel("filed"),
        FieldPanel("scope"),
        MultiFieldPanel(
            [FieldPanel("given_on"), FieldPanel("ends_on"), FieldPanel("withdrawn_on")], heading=_("How long it holds")
        ),
    ]

    class Meta:
        verbose_name = _("consent to photos")
        verbose_name_plural = _("consents to photos")
        ordering = ["reference"]

    def __str__(self) -> str:
        return self.reference

    def state_on(self, day: date) -> State:
        """Whether it holds on a day of the office, and if not, why."""
        if self.withdrawn_on and self.withdrawn_on <= day:
            return self.State.WITHDRAWN
        if self.ends_on and self.ends_on < day:
            return self.State.ENDED
        return self.State.VALID if self.given_on <= day else self.State.FUTURE

    def clean(self) -> None:
        """It can't end before it was given, and somebody has to have signed."""
        errors = {}
        if self.people == 0:
            errors["people"] = _("A consent that nobody signed is none.")
        if self.given_on and self.ends_on and self.ends_on < self.given_on:
            errors["ends_on"] = _("This is before the day on which it was given.")
        if self.given_on and self.withdrawn_on and self.withdrawn_on < self.given_on:
            errors["withdrawn_on"] = _("This is before the day on which it was given.")
        if errors:
            raise ValidationError(errors)


class PhotoUse(models.Model):
    """A photo of people on a published page, and the consent that it is shown by: rewritten whenever it is published.

    Without it the site would have to read every page to know whether a file may still be handed out.
    """

    page = models.ForeignKey(Page, verbose_name=_("page"), on_delete=models.CASCADE, related_name="+")
    image = models.ForeignKey(
        "wagtailimages.Image", verbose_name=_("image"), on_delete=models.CASCADE, related_name="+"
    )
    consent = models.ForeignKey(
        PhotoConsent, verbose_name=_("consent"), on_delete=models.SET_NULL, null=True, related_name="uses"
    )

    class Meta:
        verbose_name = _("use of a photo")
        verbose_name_plural = _("uses of photos")

    def __str__(self) -> str:
        return f"{self.page_id}: {self.image_id}"


class ChecklistAnswer(models.Model):
    """What somebody answered to an item of the editorial checklist, for what the page said then.

    ``page_key`` is the ``translation_key`` of the page, so an answer holds for its translations as well; once the page
    in the source language says something else than ``content_hash``, the answer is out of date. Rows are added and
    never changed.
    """

    class Answer(models.TextChoices):
        PASS = "pass", _("Pass")
        FAIL = "fail", _("Fail")
        NOT_APPLICABLE = "not_applicable", _("Not applicable")

    page_key = models.UUIDField(default=uuid.uuid4)
    item = models.CharField(_("item"), max_length=30)
    answer = models.CharField(_("answer"), max_length=20, choices=Answer.choices)
    reason = models.TextField(_("reason"), blank=True)
    content_hash = models.CharField(max_length=64)
    revision = models.ForeignKey(
        "wagtailcore.Revision", verbose_name=_("revision"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answered by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered on"))

    class Meta:
        verbose_name = _("answer of the checklist")
        verbose_name_plural = _("answers of the checklist")
        ordering = ["answered_at", "pk"]
        indexes = [models.Index(fields=["page_key", "item", "answered_at"], name="home_checklist_answer")]

    def __str__(self) -> str:
        return f"{self.item}: {self.answer}"
