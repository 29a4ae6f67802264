"""The public site as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """What the public reads."""

    name = "home"
    verbose_name = _("Public site")

    def ready(self) -> None:
        """Connect what follows from publishing a page."""
        from home.editorial import signals

        signals.connect()
