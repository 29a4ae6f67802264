"""The environment in which every test runs, set before Django reads its settings.

Loaded as a pytest plugin (``-p tests.environment``), so that a developer's own ``.env`` never changes a result.
``DATABASE_URL`` and ``BROKER_URL`` alone are taken from outside: they choose what is tested against.
"""

import atexit
import os
import shutil
import tempfile

DIRECTORY = tempfile.mkdtemp(prefix="campaign-tests-")
os.makedirs(f"{DIRECTORY}/local/static")
atexit.register(shutil.rmtree, DIRECTORY, ignore_errors=True)

os.environ.update(
    DEBUG="false",
    SECRET_KEY="for-tests-only-" * 4,
    FIELD_ENCRYPTION_KEY="Zm9yLXRlc3RzLW9ubHktZXhhY3RseS0zMi1ieXRlcyE=",
    PORT="8000",
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    LOCAL_DIR=f"{DIRECTORY}/local",
    MEDIA_DIR=f"{DIRECTORY}/media",
    EMAIL_URL="",
    EMAIL_PROVIDER="",
    EMAIL_PROVIDER_KEY="",
    EMAIL_PROVIDER_OPTIONS="",
    EMAIL_PER_SECOND="50",
    EMAIL_CONNECTIONS="10",
    TELEGRAM_BOT_TOKEN="",
    TELEGRAM_API_URL="",
    TELEGRAM_WEBHOOK_SECRET="",
    TELEGRAM_PER_SECOND="25",
    ANYMAIL_WEBHOOK_SECRET="",
    BOUNCE_ADDRESS="",
    BOUNCE_MAILBOX_URL="",
    SANDBOX_SMTP_PORT="8025",
    SANDBOX_BOT_API_PORT="8081",
    # Each test that needs kept pages says so.
    CACHE_URL="locmem://",
    PAGE_CACHE_SECONDS="0",
    BROKER_URL=os.environ.get("BROKER_URL", ""),
    OFFICE_TIME_ZONE="America/Dominica",
    DEFAULT_FROM_EMAIL="Campaign <campaign@example.org>",
)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{DIRECTORY}/db.sqlite3")
