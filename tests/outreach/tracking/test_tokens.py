"""Tokens: what is signed comes back, everything else is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.tracking.tokens import BadToken, Token, Use, mint, read

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
