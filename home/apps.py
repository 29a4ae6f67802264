"""The public site as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """What the public reads."""

    name = "home"
    verbose_name = _("Public site")

    def ready(self) -> None:
        """Hear of what is published, so that no page is kept that shows what was before."""
        from .page_cache import emptying

        emptying.connect()
