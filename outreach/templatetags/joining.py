"""What a page that is none of outreach's needs to hold the short sign-up form."""

import secrets

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from outreach.audience import form_token
from outreach.audience.choices import Purpose
from outreach.audience.wording import current_version, words

register = template.Library()


@register.simple_tag
def short_form() -> dict[str, str]:
    """One form: ``id`` begins the ids of its fields, unlike those of any other form on the page.

    ``words`` are what is agreed to, in the active language, and ``opened`` is the note that names their version.
    """
    version = current_version(Purpose.MESSAGES)
    return {
        "id": f"join-{secrets.token_hex(4)}",
        "language": get_language() or settings.LANGUAGE_CODE,
        "words": words(Purpose.MESSAGES, version),
        "opened": form_token.opened(now=timezone.now(), versions={Purpose.MESSAGES.value: version}),
    }
