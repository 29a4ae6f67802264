"""The public site as a Django application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """What the public reads."""

    name = "home"
    verbose_name = _("Public site")

    def ready(self) -> None:
        """Connect what follows from publishing a page: consents, kept pages, pictures in the sizes of the site."""
        from wagtail.signals import page_published

        from .editorial import signals
        from .images import renditions
        from .page_cache import emptying, store

        signals.connect()
        emptying.connect()
        store.leave_open()
        page_published.connect(renditions.on_published, dispatch_uid="images.renditions")
