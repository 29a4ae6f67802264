"""The way from a story's own page in the admin to a broadcast about it."""

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

from .base import ICON


def broadcast_this_story(page: Page, user: User, *args: Any, **kwargs: Any) -> Iterator[Button]:
    """A button on each published story, for those who may make broadcasts."""
    may_add = policy_registry.get_by_type(Broadcast).user_has_permission(user, "add")
    if page.live and may_add and issubclass(page.specific_class or Page, StoryPage):
        address = f"{reverse('broadcasts:add')}?story={page.pk}"
        yield Button(_("Broadcast this story"), url=address, icon_name=ICON, priority=70)
