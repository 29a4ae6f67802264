"""The audit trail: every change of a results framework, by whom, when and why. It only grows."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.campaign import Campaign

from .framework import Indicator


class Indelible(TypeError):
    """The audit trail is never changed and never shortened."""


class Changes(models.QuerySet["Change"]):
    """Rows that can be read and added."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise Indelible

    def delete(self) -> NoReturn:
        """Refused."""
        raise Indelible


class Change(models.Model):
    """One change: what was changed, from what to what, and why. ``at`` is UTC.

    ``by_name`` stays when the account of whoever made it is deleted.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="changes")
    indicator = models.ForeignKey(Indicator, null=True, on_delete=models.PROTECT, related_name="changes")
    subject = models.CharField(_("what"), max_length=300)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(_("who"), max_length=150, blank=True)
    at = models.DateTimeField(_("when"))

    objects = Changes.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add it; raises ``Indelible`` where it stands already."""
        if self.pk is not None:
            raise Indelible
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise Indelible
