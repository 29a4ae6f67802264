"""Amazon's reports, which come through its notification service, without Amazon's library.

Anymail wants that library only to confirm that a topic may post here; the address that Amazon sends for it does so too.
The service first posts without the secret and sends it once it is asked to.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView

NAME = "amazon_ses"
ASKS = 'Basic realm="Reports of mail"'
"""What ``WWW-Authenticate`` asks the service for."""
PATIENCE = 10
"""Seconds that the service may take to note a confirmation."""
_OWN_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


class AmazonView(AmazonSESTrackingWebhookView):
    """Anymail's view, which confirms a topic by the address that came with the question."""

    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Only after the secret was checked, as everything here."""
        with httpx.Client(timeout=PATIENCE) as client:
            confirm(str(sns_message.get("SubscribeURL", "")), client=client)


def confirm(address: str, *, client: httpx.Client) -> None:
    """Let the topic of a question post here; raises ``AnymailWebhookValidationFailure`` for an address not Amazon's.

    Raises ``httpx.HTTPError`` where the service does not take it.
    """
    try:
        parts = urlsplit(address)
        is_amazons = parts.scheme == "https" and parts.netloc == parts.hostname and _OWN_HOST.fullmatch(parts.netloc)
    except ValueError:
        is_amazons = None
    if not is_amazons:
        raise AnymailWebhookValidationFailure("a topic asks to be confirmed at an address that is not Amazon's")
    client.get(address, follow_redirects=False).raise_for_status()
