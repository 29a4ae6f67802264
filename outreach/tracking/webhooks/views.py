"""Where mail providers post what became of messages: Anymail checks and reads it, and it is taken as one.

Anymail's own addresses send a signal for each event; a request may hold a thousand, so here they stay together. Nothing
of a request is logged, for it is full of addresses.
"""

import logging
from collections.abc import Mapping
from typing import Any

from anymail import urls as anymail_urls
from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from outreach.delivery import reports

from . import amazon
from .events import reports_of

logger = logging.getLogger(__name__)

MOST_EVENTS = 10_000
"""In one request."""


def _providers() -> Mapping[str, type[AnymailCoreWebhookView]]:
    """Anymail's views for what became of messages, by the name that stands in the address."""
    found = {}
    for pattern in anymail_urls.urlpatterns:
        name, _what, _rest = str(pattern.name).partition("_tracking_webhook")
        if name != pattern.name and name not in {"sendinblue"}:
            # The one left out is what Brevo was called before.
            found[name] = pattern.callback.view_class
    return {**found, amazon.NAME: amazon.AmazonView}


PROVIDERS = _providers()


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take what a provider posts, if it comes with the secret; GET and HEAD answer providers that look before.

    403 without a secret in the settings, 401 where it has to be asked for, 400 where the secret or the provider's
    signature is wrong, where it can't be read or the provider is not set up, 200 for whatever is not about a message of
    ours.
    """
    if not settings.ANYMAIL_WEBHOOK_SECRET:
        return HttpResponseForbidden()
    if request.method != "POST":
        return HttpResponse()
    if provider == amazon.NAME and "Authorization" not in request.headers:
        return HttpResponse(status=401, headers={"WWW-Authenticate": amazon.ASKS})
    try:
        events = _events(request, provider)
    except AnymailConfigurationError:
        logger.warning("a webhook can't be taken: this provider is not set up, or that is not what it posts")
        return HttpResponse(status=400)
    except (AnymailWebhookValidationFailure, RequestDataTooBig):
        logger.warning("a webhook of %s was refused: a wrong secret or signature, or too large", provider)
        return HttpResponse(status=400)
    except DatabaseError:
        raise
    except Exception as error:
        logger.warning("a webhook of %s can't be read (%s)", provider, type(error).__name__)
        return HttpResponse(status=400)
    now = timezone.now()
    reports.take(reports=reports_of(events, now=now), now=now)
    return HttpResponse()


def _events(request: HttpRequest, provider: str) -> list[Any]:
    view_class = PROVIDERS.get(provider)
    if view_class is None:
        raise AnymailConfigurationError
    # A secret is required above, so Anymail need not warn that there is none.
    view = type(view_class.__name__, (view_class,), {"warn_if_no_basic_auth": False})()
    view.setup(request)
    view.run_validators(request)
    events = list(view.parse_events(request))
    if len(events) > MOST_EVENTS:
        raise ValueError("too many events")
    return events
