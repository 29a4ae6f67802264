"""System checks that tell whoever starts the site what stands in for the real thing."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register


@register("outreach")
def sandbox_in_use(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that messages stay on this machine while no mail server or bot is set (``outreach.I001``, ``I002``)."""
    found: list[CheckMessage] = []
    if settings.SANDBOX_EMAIL:
        found.append(Info("E-mail goes to the sandbox.", hint="Set EMAIL_URL to send for real.", id="outreach.I001"))
    if settings.SANDBOX_TELEGRAM:
        found.append(
            Info("Telegram goes to the sandbox.", hint="Set TELEGRAM_BOT_TOKEN to send for real.", id="outreach.I002")
        )
    return found


@register(Tags.security, deploy=True)
def half_a_sandbox(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where one channel is real and the other is the sandbox (``outreach.W001``)."""
    if settings.SANDBOX_EMAIL == settings.SANDBOX_TELEGRAM:
        return []
    missing = "EMAIL_URL" if settings.SANDBOX_EMAIL else "TELEGRAM_BOT_TOKEN"
    return [
        Warning(
            "One channel reaches people, the other ends in the sandbox.",
            hint=f"Set {missing}, or anybody can join the real audience from a pretended phone or mailbox.",
            id="outreach.W001",
        )
    ]


@register(Tags.security, deploy=True)
def bounces_unheard(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where a provider sends the mail and can't say what bounced (``outreach.W002``)."""
    if not settings.EMAIL_BACKEND.startswith("anymail.") or settings.ANYMAIL_WEBHOOK_SECRET:
        return []
    return [
        Warning(
            "The mail provider can't report bounces and complaints.",
            hint="Set ANYMAIL_WEBHOOK_SECRET and enter the webhook's address at the provider (README).",
            id="outreach.W002",
        )
    ]
