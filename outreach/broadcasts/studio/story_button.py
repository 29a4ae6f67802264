"""The way from a page's own place in the admin to a broadcast about it."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permissions import policy_registry

from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.sources import NAMES

from .base import ICON


def broadcast_this_story(page: Page, user: User, *args: Any, **kwargs: Any) -> Iterator[Button]:
    """A button on each page for everybody that a broadcast can carry, for those who may make broadcasts."""
    may_add = policy_registry.get_by_type(Broadcast).user_has_permission(user, "add")
    kind = page.specific_class or Page
    if page.live and may_add and kind in NAMES and not page.get_view_restrictions().exists():
        labels = {
            "story": _("Broadcast this story"),
            "infographic": _("Broadcast this infographic"),
            "news": _("Broadcast this news item"),
        }
        label = labels[NAMES[kind]]
        yield Button(label, url=f"{reverse('broadcasts:add')}?story={page.pk}", icon_name=ICON, priority=70)
