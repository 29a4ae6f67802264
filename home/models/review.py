"""Who read a translation as a native speaker, when, and which words they read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class TranslationReview(models.Model):
    """A native speaker read the translation and found it right.

    It holds for the words of ``text_hash`` only: once the translation says something else, the review is void. Rows are
    added and never changed, so they are the history of a translation's reviews as well.
    """

    page = models.ForeignKey(Page, verbose_name=_("page"), on_delete=models.CASCADE, related_name="+")
    reviewed_by = models.CharField(_("native speaker"), max_length=120, help_text=_("Who read the whole page."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("reviewed on"))
    text_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("review of a translation")
        verbose_name_plural = _("reviews of translations")
        ordering = ["reviewed_at"]
        indexes = [models.Index(fields=["page", "reviewed_at"], name="home_review_page")]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.reviewed_by}, {self.reviewed_at:%Y-%m-%d}"
