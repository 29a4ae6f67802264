"""The entry point for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign_site.settings")

try:
    application = get_wsgi_application()
except SystemExit:
    # Gunicorn gives up on a worker that ends with 3; after any other status it starts another, for ever.
    raise SystemExit(3) from None
