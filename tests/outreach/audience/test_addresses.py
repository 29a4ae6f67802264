"""Addresses: one way of writing each, and no two people under one."""

import base64
import unicodedata

import pytest
from cryptography.fernet import Fernet, InvalidToken
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience.addresses import InvalidAddress, address_hash, decrypt, encrypt, hash_key, normalised

LOCAL = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_+'-]{0,20}(\.[A-Za-z0-9_+'-]{1,10}){0,2}", fullmatch=True)
DOMAIN = st.sampled_from(["example.org", "Example.ORG", "münchen.de", "MÜNCHEN.de", "xn--mnchen-3ya.de", "пример.рф"])


def email(address: str) -> str:
    return normalised(channel="email", address=address)


@given(LOCAL, DOMAIN)
def test_writing_an_address_the_one_way_twice_changes_nothing_more(local, domain):
    once = email(f"{local}@{domain}")

    assert email(once) == once
    assert once.isascii()


@given(LOCAL, DOMAIN)
def test_case_and_space_around_make_no_other_address(local, domain):
    assert email(f"  {local.upper()}@{domain.upper()}\n") == email(f"{local.lower()}@{domain}")


@given(LOCAL, LOCAL)
def test_two_local_parts_that_differ_in_more_than_case_stay_two_addresses(one, other):
    if one.lower() != other.lower():
        assert email(f"{one}@example.org") != email(f"{other}@example.org")


def test_dots_and_tags_are_kept_because_not_every_server_ignores_them():
    assert email("A.na+news@Example.org") == "a.na+news@example.org"


@given(
    st.from_regex(r"[A-Za-z0-9._+%'@-]{1,70}", fullmatch=True) | LOCAL,
    st.from_regex(r"[A-Za-z0-9.-]{1,70}", fullmatch=True)
    | st.sampled_from(
        ["example.org", "xn--a.de", "a.localhost", "x.test", "1.2.3.4", "a-.org", "b." + "c" * 64, "é.org"]
    ),
)
def test_the_short_way_for_plain_addresses_finds_what_the_library_finds(local, domain):
    address = f"{local}@{domain}"
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
        expected = f"{checked.local_part}@{checked.ascii_domain}".lower()
    except EmailNotValidError:
        expected = ""
    try:
        found = email(address)
    except InvalidAddress:
        found = ""

    assert found == expected


@pytest.mark.parametrize("domain", ["münchen.de", unicodedata.normalize("NFD", "münchen.de"), "xn--mnchen-3ya.de"])
def test_an_international_domain_is_written_one_way(domain):
    assert email(f"ana@{domain}") == "ana@xn--mnchen-3ya.de"


def test_a_domain_in_look_alike_letters_is_another_domain():
    assert email("ana@еxample.org") != email("ana@example.org")  # a Cyrillic е


@pytest.mark.parametrize(
    "address",
    [
        "", "ana", "ana@", "@example.org", "ana@example", "ana@@example.org", "ana@exa mple.org", "ana@example..org",
        "ana.@example.org", "Ana <ana@example.org>", "ana@[127.0.0.1]", "ana@localhost", "анна@example.org",
        "ana@example.org\nBcc: all@example.org", "ana\x00@example.org", "a" * 65 + "@example.org", "a" * 10_000,
        "a@" + "b" * 10_000 + ".org", "ana@example.org, eva@example.org", "\u202eana@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(address):
    with pytest.raises(InvalidAddress, match="like name@example"):
        email(address)


@given(st.text(max_size=300))
def test_any_text_is_either_an_address_or_refused(text):
    for channel in ("email", "telegram"):
        try:
            written = normalised(channel=channel, address=text)
        except InvalidAddress:
            continue
        assert normalised(channel=channel, address=written) == written


@pytest.mark.parametrize("address", ["", "0", "-", "--5", "5-", "1.5", "²", "٥", "9" * 5000, "@ana", "+5"])
def test_what_is_no_chat_number_is_refused(address):
    with pytest.raises(InvalidAddress, match="number"):
        normalised(channel="telegram", address=address)


def test_a_chat_is_known_by_its_number():
    assert normalised(channel="telegram", address=" 987654321 ") == "987654321"


@pytest.mark.django_db
def test_the_same_text_on_two_channels_has_two_hashes():
    assert address_hash(channel="email", address="7") != address_hash(channel="telegram", address="7")


@pytest.mark.django_db
def test_hashes_stay_the_same_when_the_encryption_key_is_turned_over(settings):
    before, secret = address_hash(channel="email", address="ana@example.org"), encrypt("ana@example.org")

    settings.FIELD_ENCRYPTION_KEY = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEY]

    assert address_hash(channel="email", address="ana@example.org") == before
    assert decrypt(secret) == "ana@example.org"
    assert len(hash_key()) == 32


def test_an_address_written_with_fernet_is_still_read_also_under_an_older_key(settings):
    written = Fernet(settings.FIELD_ENCRYPTION_KEY[0]).encrypt(b"ana@example.org").decode()

    settings.FIELD_ENCRYPTION_KEY = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEY]

    assert decrypt(written) == "ana@example.org"


@given(st.text(max_size=300))
def test_what_was_encrypted_is_read_and_never_written_the_same_way_twice(text):
    token = encrypt(text)

    assert decrypt(token) == text
    assert encrypt(text) != token


@given(st.integers(0, 43), st.integers(1, 255))
def test_an_encrypted_address_with_one_changed_byte_is_refused(place, change):
    mark, raw = "gcm:", bytearray(base64.b64decode(encrypt("ana@example.org ").removeprefix("gcm:")))
    raw[place] ^= change

    with pytest.raises(InvalidToken):
        decrypt(mark + base64.b64encode(raw).decode())


def test_an_encrypted_address_is_not_read_under_another_key(settings):
    token = encrypt("ana@example.org")
    settings.FIELD_ENCRYPTION_KEY = [Fernet.generate_key().decode()]

    with pytest.raises(InvalidToken):
        decrypt(token)


@pytest.mark.parametrize("text", ["", "gcm:", "gcm:%%%", "gcm:AAAA", "gcm:é", "gAAAAA", "ana@example.org"])
def test_what_was_never_encrypted_is_refused(text):
    with pytest.raises(InvalidToken):
        decrypt(text)
