"""Addresses: checked, written one way, encrypted at rest, and found again by a keyed hash.

Errors: :class:`InvalidAddress`, whose text is for the person who typed it.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from .choices import ChannelName

HASH_KEY_NAME = "address-hash"


class InvalidAddress(ValueError):
    """The text can't be an address on this channel."""


def normalised(*, channel: str, address: str) -> str:
    """The one way in which ``address`` is written: for e-mail the whole in lower case, NFC, the domain in IDNA; dots kept.

    Raises :class:`InvalidAddress`.
    """
    if channel == ChannelName.EMAIL:
        try:
            checked = validate_email(address.strip(), check_deliverability=False, test_environment=False)
        except EmailNotValidError:
            raise InvalidAddress(_("Write an e-mail address like name@example.com.")) from None
        return f"{checked.local_part.casefold()}@{checked.ascii_domain}"
    if not address.strip().lstrip("-").isascii() or not address.strip().lstrip("-").isdigit():
        raise InvalidAddress(_("A Telegram chat is known by its number."))
    return str(int(address))


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """``text`` under the newest of ``FIELD_ENCRYPTION_KEY``."""
    return _cipher(tuple(settings.FIELD_ENCRYPTION_KEY)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """What :func:`encrypt` took; raises ``cryptography.fernet.InvalidToken`` under a wrong key."""
    return _cipher(tuple(settings.FIELD_ENCRYPTION_KEY)).decrypt(token.encode()).decode()


@lru_cache(maxsize=4)
def _unwrapped(encrypted: str, _keys: tuple[str, ...]) -> bytes:
    return base64.urlsafe_b64decode(decrypt(encrypted))


def hash_key() -> bytes:
    """The 32 bytes that key address hashes; made on first use, and the same after ``FIELD_ENCRYPTION_KEY`` is turned over."""
    from .models import KeyedSecret

    fresh = encrypt(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    secret, _made = KeyedSecret.objects.get_or_create(name=HASH_KEY_NAME, defaults={"encrypted": fresh})
    return _unwrapped(secret.encrypted, tuple(settings.FIELD_ENCRYPTION_KEY))


def address_hash(*, channel: str, address: str, key: bytes | None = None) -> str:
    """HMAC-SHA-256 in hexadecimal of a normalised address on its channel; pass ``key`` when hashing many."""
    return hmac.new(key or hash_key(), f"{channel}:{address}".encode(), hashlib.sha256).hexdigest()
