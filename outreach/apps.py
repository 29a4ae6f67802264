"""The outreach app: one Django app, divided by the stages that a message passes."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    """Registers the checks, what each stage keeps of a person and forgets, and after migrations roles and triggers."""

    name = "outreach"
    verbose_name = _("Outreach")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what the app does when Django starts and after each migration."""
        from . import checks, forgetting, roles  # noqa: F401
        from .audience import ledger_guard, personal_data, refusals
        from .channels import refused_mails
        from .delivery import personal_data as ledger
        from .delivery import stops
        from .tracking import personal_data as events

        personal_data.register("messages", _("Messages that we sent you"), ledger.messages)
        personal_data.register("events", _("What you opened, followed or left"), events.events)

        refusals.register(refused_mails.nobody_is_there)
        forgetting.register()
        post_migrate.connect(roles.after_migrate, sender=self)
        post_migrate.connect(ledger_guard.after_migrate, sender=self)
        post_migrate.connect(stops.after_migrate, sender=self)
