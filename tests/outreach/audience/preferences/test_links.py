"""The link to the preference page: whom it opens it for, and until when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience import erasure, subscriptions
from outreach.audience.models import Consent
from outreach.audience.preferences import links
from outreach.audience.preferences.links import FRESH, LASTS, LinkBroken, LinkExpired, LinkVoid, NothingKept

pytestmark = pytest.mark.django_db
SAME_PERSON = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


def token(ana, now, **changes):
    return links.token(**{"subscription": ana, "proven": True, "now": now, **changes})


def test_a_link_opens_the_page_of_the_address_that_it_was_made_for(ana, now):
    key = links.read(token=token(ana, now), now=now)

    assert (key.subscription, key.subscriber) == (ana, ana.subscriber)


@SAME_PERSON
@given(place=st.integers(min_value=0), letter=st.sampled_from("ABCxyz019-_:."))
def test_no_tampered_link_opens_anything(ana, now, place, letter):
    good = token(ana, now)
    place %= len(good)
    tampered = good[:place] + letter + good[place + 1 :]
    if tampered == good:
        return
    with pytest.raises(LinkBroken):
        links.read(token=tampered, now=now)


@SAME_PERSON
@given(text=st.text(max_size=120))
def test_nothing_that_somebody_makes_up_opens_anything(ana, now, text):
    with pytest.raises(LinkBroken):
        links.read(token=text, now=now)


def test_what_was_signed_for_something_else_opens_nothing(ana, now):
    from outreach.audience import confirmation, form_token

    confirming = confirmation.link(request=ana.join_requests.latest("id"), now=now).rstrip("/").rpartition("/")[2]
    for foreign in (confirming, form_token.opened(now=now)):
        with pytest.raises(LinkBroken):
            links.read(token=foreign, now=now)


@pytest.mark.parametrize(
    ("age", "fresh"), [(timedelta(0), True), (FRESH, True), (FRESH + timedelta(seconds=1), False), (LASTS, False)]
)
def test_a_mailed_link_proves_for_an_hour_that_the_inbox_is_read(ana, now, age, fresh):
    key = links.read(token=token(ana, now), now=now + age)

    assert key.is_fresh(now + age) is fresh


def test_a_link_from_a_message_never_proves_anything(ana, now):
    assert not links.read(token=token(ana, now, proven=False), now=now).is_fresh(now)


def test_a_link_is_too_old_after_a_day_and_says_whose_it_was(ana, now):
    with pytest.raises(LinkExpired) as error:
        links.read(token=token(ana, now), now=now + LASTS + timedelta(seconds=1))

    assert error.value.subscription == ana


def test_erasure_makes_every_link_void(ana, now):
    made = token(ana, now)
    erasure.erase(subscriber=ana.subscriber, now=now)

    with pytest.raises(NothingKept):
        links.read(token=made, now=now)


def test_joining_anew_makes_older_links_void_and_leaving_does_not(ana, confirmed, now):
    made = token(ana, now)
    subscriptions.leave(subscription=ana, method=Consent.Method.PREFERENCES, now=now)
    assert links.read(token=made, now=now).subscription == ana

    confirmed(address="ana@example.org", now=now + timedelta(days=1))
    type(ana).objects.update(confirmed_at=datetime(2030, 1, 1, tzinfo=UTC))
    with pytest.raises(LinkVoid):
        links.read(token=made, now=now)


def test_the_address_is_in_the_language_of_the_person(ana, now):
    ana.subscriber.language = "fr"

    assert links.address(subscription=ana, proven=True, now=now).startswith("http://testserver/fr/preferences/")


def test_an_address_in_a_language_without_pages_is_in_the_one_that_all_pages_have(ana, now):
    ana.subscriber.language = "tlh"

    assert links.address(subscription=ana, proven=True, now=now).startswith("http://testserver/en/preferences/")
