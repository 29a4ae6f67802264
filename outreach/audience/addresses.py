"""Addresses: checked, written one way, encrypted at rest, and found again by a keyed hash.

Errors: :class:`InvalidAddress`, whose text is for the person who typed it.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from .choices import ChannelName

HASH_KEY_NAME = "address-hash"
LONGEST_EMAIL = 254
GCM, NONCE_BYTES = "gcm:", 12
"""What a text that AES-GCM encrypted begins with; Fernet's never hold a colon."""
PLAIN_LOCAL_PART = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*", re.ASCII | re.IGNORECASE)
LONGEST_LOCAL_PART = 64
CHAT_NUMBER = re.compile(r"-?[1-9][0-9]{0,17}", re.ASCII)


class InvalidAddress(ValueError):
    """The text can't be an address on this channel."""


def normalised(*, channel: str, address: str) -> str:
    """The one way in which ``address`` is written.

    An e-mail address is in lower case, its dots kept, its domain in IDNA, so that a domain written with look-alike
    letters stays another one. The part before the @ must be ASCII: few mail servers take anything else. A Telegram
    address is the chat's number. Raises :class:`InvalidAddress`.
    """
    address = address.strip()
    if channel == ChannelName.EMAIL:
        return _normalised_email(address)
    if not CHAT_NUMBER.fullmatch(address):
        raise InvalidAddress(_("A Telegram chat is known by its number."))
    return address


def _normalised_email(address: str) -> str:
    """What email-validator makes of it, in lower case.

    A list of 200,000 people shares a few thousand domains, so for a plain part before the @ the domain alone is asked.
    """
    local_part, _at, domain = address.partition("@")
    if (
        len(address) <= LONGEST_EMAIL
        and len(local_part) <= LONGEST_LOCAL_PART
        and domain.isascii()
        and PLAIN_LOCAL_PART.fullmatch(local_part)
    ):
        known = _plain_domain(domain)
        if known and len(local_part) + 1 + len(known) <= LONGEST_EMAIL:
            return f"{local_part}@{known}".lower()
    try:
        # A longer text is no address, and is not worth parsing.
        if len(address) > LONGEST_EMAIL:
            raise EmailNotValidError
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise InvalidAddress(_("Write an e-mail address like name@example.com.")) from None
    return f"{checked.local_part}@{checked.ascii_domain}".lower()


@lru_cache(maxsize=4096)
def _plain_domain(domain: str) -> str:
    """The domain in IDNA, or nothing where no address can be at it."""
    try:
        checked = validate_email(f"a@{domain}", check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return ""
    return checked.ascii_domain if checked.local_part == "a" else ""


@lru_cache(maxsize=4)
def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


@lru_cache(maxsize=4)
def _ciphers(keys: tuple[str, ...]) -> tuple[AESGCM, ...]:
    """AES-256-GCM under a key derived from each of ``keys``: no key serves two ciphers."""
    return tuple(
        AESGCM(hmac.digest(base64.urlsafe_b64decode(key), b"outreach.audience:AES-256-GCM", "sha256")) for key in keys
    )


def encrypt(text: str) -> str:
    """``text`` under the newest of ``FIELD_ENCRYPTION_KEY``: a mark, and in base64 a nonce and what AES-GCM made."""
    newest = _ciphers(tuple(settings.FIELD_ENCRYPTION_KEY))[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    return GCM + base64.b64encode(nonce + newest.encrypt(nonce, text.encode(), None)).decode()


def decrypt(token: str) -> str:
    """What :func:`encrypt` took; raises ``cryptography.fernet.InvalidToken`` under a wrong key.

    A worker does this for every message, so it is a cipher that costs it a microsecond or two. Fernet, in which older
    rows are written, costs ten.
    """
    keys = tuple(settings.FIELD_ENCRYPTION_KEY)
    if not token.startswith(GCM):
        return _fernets(keys).decrypt(token.encode()).decode()
    try:
        raw = binascii.a2b_base64(token[len(GCM) :])
    except ValueError:
        raise InvalidToken from None
    for cipher in _ciphers(keys):
        try:
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError):
            continue
    raise InvalidToken


def is_newest(token: str) -> bool:
    """Whether :func:`encrypt` would write ``token`` under the same key and with the same cipher."""
    if not token.startswith(GCM):
        return False
    newest = _ciphers(tuple(settings.FIELD_ENCRYPTION_KEY))[0]
    try:
        raw = binascii.a2b_base64(token[len(GCM) :])
        newest.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        return False
    return True


@lru_cache(maxsize=4)
def _unwrapped(encrypted: str, _keys: tuple[str, ...]) -> bytes:
    return base64.urlsafe_b64decode(decrypt(encrypted))


def hash_key() -> bytes:
    """The 32 bytes that key address hashes: made on first use, kept when ``FIELD_ENCRYPTION_KEY`` is turned over."""
    from .models import KeyedSecret

    fresh = encrypt(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    secret, _made = KeyedSecret.objects.get_or_create(name=HASH_KEY_NAME, defaults={"encrypted": fresh})
    return _unwrapped(secret.encrypted, tuple(settings.FIELD_ENCRYPTION_KEY))


def address_hash(*, channel: str, address: str, key: bytes | None = None) -> str:
    """HMAC-SHA-256 in hexadecimal of a normalised address on its channel; pass ``key`` when hashing many."""
    return hmac.new(key or hash_key(), f"{channel}:{address}".encode(), hashlib.sha256).hexdigest()
