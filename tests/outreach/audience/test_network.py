"""Whom a request comes from, as far as anybody looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience.network import address_in, network_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.3", "203.0.113.9", "203.0.113.9"),
        ("", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("8.8.8.8", "203.0.113.9", "8.8.8.8"),
    ],
)
def test_only_a_proxy_of_ours_says_who_asks(peer, forwarded, address):
    assert address_in({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:7:1::9", "2001:db8:7::/48"),
        ("fe80::1%eth0", "fe80::/48"),
    ],
)
def test_an_address_lies_in_the_network_around_it(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize("address", ["", "unix:", "203.0.113", "203.0.113.9:4711", "x" * 10_000, "203.0.113.9/8", "é"])
def test_what_is_no_address_lies_in_no_network(address):
    assert network_of(address) == ""


@given(st.text(max_size=60))
def test_whatever_a_proxy_sends_is_an_address_or_none(text):
    assert network_of(text) == "" or "/" in network_of(text)
