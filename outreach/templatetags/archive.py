"""The way to the public archive, for pages that know nothing of broadcasts."""

from django import template
from django.urls import reverse
from django.utils.translation import get_language

from outreach.tracking.archive import listed

register = template.Library()


@register.simple_tag
def archive_address() -> str:
    """Where the archive is in the active language; empty while it would show nothing."""
    return reverse("message_archive") if listed(get_language() or "").exists() else ""
