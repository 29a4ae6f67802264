"""The environment in which every test runs, set before Django reads its settings.

Loaded as a pytest plugin (``-p tests.environment``), so that a developer's own ``.env`` never changes a result.
``DATABASE_URL`` alone is taken from outside: it chooses the database under test.
"""

import os

os.environ.update(
    DEBUG="false",
    SECRET_KEY="for-tests-only-" * 4,
    FIELD_ENCRYPTION_KEY="Zm9yLXRlc3RzLW9ubHktZXhhY3RseS0zMi1ieXRlcyE=",
    SITE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    EMAIL_URL="",
    EMAIL_PROVIDER="",
    TELEGRAM_BOT_TOKEN="",
    TELEGRAM_API_URL="",
    TELEGRAM_WEBHOOK_SECRET="",
    BROKER_URL=os.environ.get("BROKER_URL", ""),
    OFFICE_TIME_ZONE="America/Dominica",
    DEFAULT_FROM_EMAIL="Campaign <campaign@example.org>",
)
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
