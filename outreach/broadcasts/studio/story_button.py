"""The way from a story's or an infographic's own page in the admin to a broadcast about it."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permissions import policy_registry

from home.models import StoryPage
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.sources import KINDS

from .base import ICON


def broadcast_this_story(page: Page, user: User, *args: Any, **kwargs: Any) -> Iterator[Button]:
    """A button on each published story and infographic, for those who may make broadcasts."""
    may_add = policy_registry.get_by_type(Broadcast).user_has_permission(user, "add")
    kind = page.specific_class or Page
    if page.live and may_add and issubclass(kind, KINDS):
        label = _("Broadcast this story") if issubclass(kind, StoryPage) else _("Broadcast this infographic")
        yield Button(label, url=f"{reverse('broadcasts:add')}?story={page.pk}", icon_name=ICON, priority=70)
