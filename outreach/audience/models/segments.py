"""Saved rules over what people declared."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from outreach.audience.rules import Rule, in_words, validate_rule


class Segment(models.Model):
    """A saved rule over what subscribers declared; ``code`` is what ledgers and reports carry and never changes."""

    code = models.SlugField(_("code"), max_length=40, unique=True, validators=[RegexValidator(r"^[a-z][a-z0-9-]*$")])
    name = models.CharField(_("name"), max_length=80, unique=True)
    description = models.TextField(_("description"), blank=True)
    rule: "models.JSONField[Rule]" = models.JSONField(_("rule"), validators=[validate_rule])

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        """The rule as a sentence without a full stop, in the reader's language."""
        try:
            validate_rule(self.rule)
        except ValidationError:
            return gettext("A rule that can no longer be read")
        return in_words(self.rule)

    @property
    def words_beside_name(self) -> str:
        """The same sentence, to stand beside the name; nothing where the name says it already."""
        words = self.in_words
        return "" if words.casefold() == self.name.casefold() else words


class SegmentEdit(models.Model):
    """A segment as it was saved once, by whom and when; only added."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="edits")
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    rule: "models.JSONField[Rule]" = models.JSONField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.edited_at}"
