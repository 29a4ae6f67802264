"""Registers the staff pages of each stage with Wagtail; nothing else happens here."""

from django.urls import URLPattern, URLResolver
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from .broadcasts.history import register_actions
from .delivery.urls import urlpatterns as ledger_urls


@hooks.register("register_log_actions")
def broadcast_actions(actions: LogActionRegistry) -> None:
    """What the audit log says of broadcasts."""
    register_actions(actions)


@hooks.register("register_admin_urls")
def ledger_pages() -> list[URLPattern | URLResolver]:
    """How a broadcast comes along."""
    return ledger_urls
