"""Tokens: what is signed comes back, everything else is refused."""

import base64
import hashlib
import hmac
import string
import struct
from itertools import permutations

import pytest
from django.conf import settings as site
from hypothesis import given
from hypothesis import strategies as st

from outreach.tracking.tokens import BadToken, Token, Use, mint, mint_together, read

NUMBERS = {"message": st.integers(0, 2**32 - 1), "number": st.integers(0, 2**64 - 1)}
TOKENS = st.builds(Token, use=st.sampled_from(Use), **NUMBERS)


@given(TOKENS)
def test_a_token_is_read_as_it_was_made(token):
    assert read(mint(token), token.use) == token


@given(TOKENS, st.integers(0, 22), st.integers(1, 255))
def test_a_token_with_one_changed_byte_is_refused(token, place, change):
    raw = bytearray(base64.urlsafe_b64decode(mint(token) + "="))
    raw[place] ^= change
    with pytest.raises(BadToken):
        read(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="), *Use)


@given(TOKENS, st.integers(0, 30), st.sampled_from(string.ascii_letters + string.digits + "-_"))
def test_a_token_has_one_spelling(token, place, character):
    text = mint(token)
    other = text[:place] + character + text[place + 1 :]
    if other != text:
        with pytest.raises(BadToken):
            read(other, *Use)


@given(TOKENS)
def test_bits_that_hold_nothing_may_not_be_set(token):
    text = mint(token)
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    for more in (1, 2, 3):
        with pytest.raises(BadToken):
            read(text[:-1] + alphabet[alphabet.index(text[-1]) + more], *Use)


@given(TOKENS, st.integers(0, 30))
def test_a_cut_token_is_refused(token, length):
    with pytest.raises(BadToken):
        read(mint(token)[:length], *Use)


@given(TOKENS, st.sampled_from(Use))
def test_a_token_opens_nothing_but_what_it_is_for(token, use):
    if use == token.use:
        assert read(mint(token), use)
    else:
        with pytest.raises(BadToken):
            read(mint(token), use)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text):
    with pytest.raises(BadToken):
        read(text, *Use)


def test_a_token_of_another_secret_is_refused_until_it_is_a_fallback(settings):
    token = Token(Use.OPEN, 1, 2)
    text = mint(token)
    settings.SECRET_KEY, former = "another secret", settings.SECRET_KEY

    with pytest.raises(BadToken):
        read(text, Use.OPEN)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert read(text, Use.OPEN) == token


def test_a_token_is_short():
    assert len(mint(Token(Use.PERSONAL_CLICK, 2**32 - 1, 2**64 - 1))) == 31


def mailed_before(token, secret):
    """How tokens were made when each had an HMAC of its own."""
    key = hashlib.sha256(f"outreach.tracking:{secret}".encode()).digest()
    body = struct.pack(">BIQ", token.use, token.message, token.number)
    return base64.urlsafe_b64encode(body + hmac.digest(key, body, "sha256")[:10]).decode().rstrip("=")


@given(TOKENS, st.sampled_from(Use))
def test_tokens_in_mails_of_earlier_years_open_what_they_were_for_and_nothing_else(token, use):
    text = mailed_before(token, site.SECRET_KEY)
    if use == token.use:
        assert read(text, use) == token
    else:
        with pytest.raises(BadToken):
            read(text, use)


@given(**NUMBERS)
def test_the_tokens_of_a_delivery_are_those_that_are_minted_one_by_one(message, number):
    together = mint_together(message=message, number=number)

    for text, use in zip(together, (Use.PERSONAL_CLICK, Use.OPEN, Use.UNSUBSCRIBE), strict=True):
        assert text == mint(Token(use, message, number))
        assert read(text, use) == Token(use, message, number)


@given(**NUMBERS)
def test_the_signature_of_one_use_does_not_sign_another(message, number):
    for one, other in permutations(mint_together(message=message, number=number), 2):
        raw, foreign = (base64.urlsafe_b64decode(text + "=") for text in (one, other))
        with pytest.raises(BadToken):
            read(base64.urlsafe_b64encode(raw[:13] + foreign[13:]).decode().rstrip("="), *Use)


@given(st.integers(0, 255), st.binary(min_size=22, max_size=22))
def test_no_first_byte_makes_a_token_of_anything(first, rest):
    with pytest.raises(BadToken):
        read(base64.urlsafe_b64encode(bytes([first]) + rest).decode().rstrip("="), *Use)
