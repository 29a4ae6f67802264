"""The settings under which a run's processes start: all are said here, so that nobody's ``.env`` changes a result."""

import logging
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path

import django
import psycopg

from .databases import POSTGRES, SERVER, SQLITE

SITE_URL = "https://campaign.example.org"
TOKEN = "123456:proving-ground"
NO_LIMIT = "0"


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
        "EMAIL_PER_SECOND": NO_LIMIT,
        "EMAIL_CONNECTIONS": "10",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": "http://127.0.0.1:9",
        # With a webhook the worker asks for no updates, so every line to the Bot API is one that sends.
        "TELEGRAM_WEBHOOK_SECRET": "proving-ground-webhook",
        "TELEGRAM_PER_SECOND": NO_LIMIT,
        "SANDBOX_SMTP_PORT": "8025",
        "SANDBOX_BOT_API_PORT": "8081",
        **more,
    }


def prepare(kinds: Collection[str]) -> None:
    """End with one line where PostgreSQL is wanted and does not answer; clean up when told to stop."""
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit("stopped"))
    if POSTGRES in kinds:
        try:
            psycopg.connect(f"{SERVER}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError as error:
            sys.exit(f"PostgreSQL does not answer at {SERVER} ({error}): start it, or choose --database {SQLITE}")


def become(variables: dict[str, str]) -> None:
    """Take these settings for this process too, and load the product."""
    os.environ.update(variables)
    django.setup()
    logging.getLogger("outreach").setLevel(logging.WARNING)
