"""Where readers come from: a signed reference to a broadcast, or the kind of the referring host."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.tracking.web.sources import broadcast_of, device_of, host_of, reference, source_of, with_reference


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("", "direct"),
        ("www.google.dm", "search"),
        ("google.com", "search"),
        ("duckduckgo.com", "search"),
        ("notgoogle.com", "other"),
        ("m.facebook.com", "social"),
        ("t.co", "social"),
        ("at.co", "other"),
        ("testserver", "site"),
        ("testserver:8000", "site"),
        ("www.dominicanewsonline.com", "other"),
        ("user@evil.example", "other"),
    ],
)
def test_a_host_is_of_one_kind(host, kind):
    assert source_of(host) == kind


@pytest.mark.parametrize("address", ["", "nonsense", "http://[broken", "javascript:1"])
def test_an_address_without_a_host_is_nowhere(address):
    assert source_of(host_of(address)) == "direct"


@given(st.text(max_size=40))
def test_any_host_has_a_kind(host):
    assert source_of(host) in {"direct", "search", "social", "site", "other"}


@given(st.integers(1, 2**63 - 1))
def test_a_reference_names_its_broadcast(number):
    assert broadcast_of(f"page=2&b={reference(number)}") == number


@pytest.mark.parametrize("query", ["", "b=", "b=5", "b=5-", "b=5-0000000000", "b=-5", "b=x", "b=٣-1", "b=" + "9" * 40])
def test_a_reference_that_is_not_ours_names_nothing(query):
    assert broadcast_of(query) == 0


def test_the_reference_of_another_broadcast_does_not_fit():
    assert broadcast_of("b=6-" + reference(5).partition("-")[2]) == 0


def test_a_reference_holds_until_its_secret_is_no_fallback_any_more(settings):
    query = f"b={reference(5)}"
    settings.SECRET_KEY, former = "another secret", settings.SECRET_KEY
    assert broadcast_of(query) == 0
    settings.SECRET_KEY_FALLBACKS = [former]
    assert broadcast_of(query) == 5


@pytest.mark.parametrize(
    ("target", "with_it"),
    [
        ("http://testserver", "http://testserver/?b={}"),
        ("http://testserver/en/#top", "http://testserver/en/?b={}#top"),
        ("http://testserver/en/?q=a%26b&x", "http://testserver/en/?q=a%26b&x&b={}"),
    ],
)
def test_a_reference_leaves_the_rest_of_an_address_as_it_is(target, with_it):
    assert with_reference(target, 5) == with_it.format(reference(5))


@pytest.mark.parametrize(("hint", "device"), [("?1", "mobile"), ("?0", "desk"), ("", "unknown"), ("x", "unknown")])
def test_a_browser_says_what_it_runs_on_or_nothing(hint, device):
    assert device_of(hint) == device
