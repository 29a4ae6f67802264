"""The settings under which a run's processes start: all are said here, so that nobody's ``.env`` changes a result."""

import logging
import os
from pathlib import Path

import django

SITE_URL = "https://campaign.example.org"
TOKEN = "123456:proving-ground"
EMAIL_NO_LIMIT, TELEGRAM_NO_LIMIT = "100000", "10000"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Every variable of the product, with ``more`` in their place where given."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "campaign_site.settings",
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "false",
        "SECRET_KEY": "for-the-proving-ground-only-" * 3,
        "FIELD_ENCRYPTION_KEY": "Zm9yLXRlc3RzLW9ubHktZXhhY3RseS0zMi1ieXRlcyE=",
        "PORT": "8000",
        "SITE_URL": SITE_URL,
        "ALLOWED_HOSTS": "",
        "LOCAL_DIR": str(folder / "local"),
        "MEDIA_DIR": str(folder / "media"),
        "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
        "BROKER_URL": os.environ.get("BROKER_URL", ""),
        "OFFICE_TIME_ZONE": "America/Dominica",
        "DEFAULT_FROM_EMAIL": "Campaign <campaign@example.org>",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "EMAIL_PROVIDER": "",
        "EMAIL_PROVIDER_KEY": "",
        "EMAIL_PROVIDER_OPTIONS": "",
        "EMAIL_PER_SECOND": EMAIL_NO_LIMIT,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": "http://127.0.0.1:9",
        # With a webhook the worker asks for no updates, so every line to the Bot API is one that sends.
        "TELEGRAM_WEBHOOK_SECRET": "proving-ground-webhook",
        "TELEGRAM_PER_SECOND": TELEGRAM_NO_LIMIT,
        "SANDBOX_SMTP_PORT": "8025",
        "SANDBOX_BOT_API_PORT": "8081",
        **more,
    }


def become(variables: dict[str, str]) -> None:
    """Take these settings for this process too, and load the product."""
    os.environ.update(variables)
    django.setup()
    logging.getLogger("outreach").setLevel(logging.WARNING)
