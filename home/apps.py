"""The public site as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """What the public reads."""

    name = "home"
    verbose_name = _("Public site")

    def ready(self) -> None:
        """Hear of what is published: no page is kept that shows what was before, and no reader waits for pictures."""
        from wagtail.signals import page_published

        from .images import renditions
        from .page_cache import emptying

        emptying.connect()
        page_published.connect(renditions.on_published, dispatch_uid="images.renditions")
