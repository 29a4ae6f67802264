"""What whoever sets the site up enters at the mail provider, so that bounces and complaints come back."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from outreach.audience.bounces import TOO_MANY

from .views import PROVIDERS

PERMISSION = "wagtailcore.change_site"
ICON = "undo"


class BouncesView(WagtailAdminTemplateMixin, TemplateView):
    """The addresses to enter at each provider, and what is set; no secret is shown."""

    template_name = "outreach/tracking/bounces.html"
    page_title = _("Bounces and complaints")
    header_icon = ICON

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """For those who set the site up."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, then this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The provider in use first."""
        used = settings.EMAIL_BACKEND.split(".")[2] if settings.EMAIL_BACKEND.startswith("anymail.") else ""
        mailbox = urlsplit(settings.BOUNCE_MAILBOX_URL)
        return super().get_context_data(
            used=PROVIDERS[used].esp_name if used in PROVIDERS else "",
            is_sandbox=settings.SANDBOX_EMAIL,
            has_secret=bool(settings.ANYMAIL_WEBHOOK_SECRET),
            mailbox=f"{mailbox.scheme}://{mailbox.hostname}" if mailbox.hostname else "",
            bounce_address=settings.BOUNCE_ADDRESS,
            too_many=TOO_MANY,
            providers=[
                {"name": view.esp_name, "address": _address(name), "is_used": name == used}
                for name, view in sorted(PROVIDERS.items(), key=lambda item: (item[0] != used, item[0]))
            ],
            **kwargs,
        )


def _address(provider: str) -> str:
    scheme, _mark, host = settings.SITE_URL.partition("://")
    return f"{scheme}://NAME:PASSWORD@{host}{reverse('mail_webhook', args=[provider])}"


class BouncesMenuItem(MenuItem):
    """Shown to those who set the site up."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user may."""
        return request.user.has_perm(PERMISSION)


def menu_item() -> BouncesMenuItem:
    """The way to the page, among the settings."""
    return BouncesMenuItem(_("Bounces"), reverse_lazy("bounces"), name="bounces", icon_name=ICON, order=950)


urlpatterns: list[URLPattern | URLResolver] = [path("outreach/bounces/", BouncesView.as_view(), name="bounces")]
