"""Which addresses a message may lead to: pages of the web, and nothing that a browser would run or open by itself."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_link(target: str) -> None:
    """Raise ``ValidationError`` unless ``target`` is a complete address with http or https."""
    try:
        parts = urlsplit(target)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        complete = False
    if not complete or not target.isprintable() or " " in target or (parts.hostname or "").endswith(".invalid"):
        raise ValidationError(
            _(
                "“%(target)s” is not a link that can be sent: it must be a whole web address, like https://example.org/page."
            ),
            params={"target": target[:100]},
        )
