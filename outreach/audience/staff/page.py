"""What staff pages about the audience share: the way back, who may see them, and reasons that name no address."""

import re
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry

ADDRESS_LIKE = re.compile(r"@|\d{6}")
"""What an address has: the sign of an e-mail address, or as many digits in a row as the number of a chat."""


class Page(PermissionCheckedMixin, WagtailAdminTemplateMixin):
    """A page about ``model``, below its list at ``index_url_name``."""

    model: type[Model]
    index_url_name = ""
    permission_required: str | None = "view"

    @property
    def user(self) -> User:
        """Who asks."""
        request: HttpRequest = self.request
        if not isinstance(request.user, User):
            raise PermissionDenied
        return request.user

    def may(self, action: str) -> bool:
        """Whether the user has the permission ``action`` on the model."""
        return bool(self.user_has_permission(action))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the list, and this page where it is another."""
        trail = [{"url": reverse(self.index_url_name), "label": capfirst(self.model._meta.verbose_name_plural)}]
        if self.request.path == trail[0]["url"]:
            return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]
        return [*self.breadcrumbs_items, *trail, {"url": "", "label": self.get_page_title()}]


class ModelMenuItem(MenuItem):
    """Shown to those who may see the rows of ``model``."""

    model: type[Model]

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user may."""
        return bool(policy_registry.get_by_type(self.model).user_has_permission(request.user, "view"))


class ReasonField(forms.CharField):
    """Why something is done, for the audit log, which holds no address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": _("Reason"),
                "max_length": 200,
                "widget": forms.Textarea(attrs={"rows": 2}),
                "help_text": _("Stands in the log for good. Write no name and no address."),
                **options,
            }
        )

    def clean(self, value: Any) -> str:
        """Refuse what looks like an address."""
        text = str(super().clean(value))
        if ADDRESS_LIKE.search(text):
            raise forms.ValidationError(_("This looks like an address, and the log must hold none. Leave it out."))
        return text
