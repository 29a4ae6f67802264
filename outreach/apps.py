"""The outreach app: one Django app, divided by the stages that a message passes."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    """Registers the checks and what forgets, and after each migration the roles and the triggers."""

    name = "outreach"
    verbose_name = _("Outreach")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what the app does when Django starts and after each migration."""
        from . import checks, forgetting, roles  # noqa: F401
        from .delivery import stops

        forgetting.register()
        post_migrate.connect(roles.after_migrate, sender=self)
        post_migrate.connect(stops.after_migrate, sender=self)
