"""The audit trail: every change of a results framework, by whom, when and why. It only grows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.campaign import Campaign
from outreach.written_once import WrittenOnce

from .framework import Indicator


class Change(WrittenOnce):
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

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.subject}"
