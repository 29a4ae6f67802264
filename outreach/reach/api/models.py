"""What lets a program read the figures in the name of a person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """A token of one evaluator. Only the SHA-256 digest is kept, so nobody can read the token here a second time.

    ``name`` stands at the front of the token and finds the row; it is no secret. ``last_used_on`` is a day in UTC: more
    would tell when somebody works. A token is never deleted: ``revoked_at`` ends it, in UTC.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(
        _("what it is for"), max_length=80, help_text=_("Such as the name of the program that will use it.")
    )
    name = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.label} ({self.name})"
