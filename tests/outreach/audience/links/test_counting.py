"""Sign-ups are counted where they are asked for and where they become active, and nothing takes a count away."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outreach.audience import subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.confirmation import link
from outreach.audience.erasure import erase
from outreach.audience.links.counting import count_asked
from outreach.audience.models import SignUpCount
from outreach.audience.suppressions import suppress

pytestmark = pytest.mark.django_db


def counted():
    found = SignUpCount.objects.order_by("source", "channel", "day")
    return {(each.source, each.channel): (each.asked, each.joined) for each in found}


def confirm(subscription, now):
    address = link(request=subscription.join_requests.latest("id"), now=now)
    return subscriptions.confirm(token=address.rstrip("/").rpartition("/")[2], now=now)


def test_who_asks_is_counted_and_who_confirms_has_joined(joins, now):
    asked = joins(source="kamoro")
    assert counted() == {("kamoro", "email"): (1, 0)}

    confirm(asked, now)

    assert counted() == {("kamoro", "email"): (1, 1)}


def test_on_telegram_people_join_at_once(joins):
    joins(channel="telegram", address="7", method="bot", source="kamoro")

    assert counted() == {("kamoro", "telegram"): (1, 1)}


def test_who_came_by_no_link_and_who_came_by_another_text_are_counted_too(joins):
    joins()
    joins(address="eva@example.org", source="church-bulletin")

    assert counted() == {("", "email"): (1, 0), ("church-bulletin", "email"): (1, 0)}


def test_sending_the_form_again_while_waiting_counts_nothing(joins, now):
    joins(source="kamoro")

    joins(source="kamoro", now=now + timedelta(seconds=2))
    joins(source="kamoro", language="fr", now=now + timedelta(hours=1))

    assert counted() == {("kamoro", "email"): (1, 0)}


def test_using_the_link_twice_counts_once(joins, now):
    asked = joins(source="kamoro")

    confirm(asked, now)
    confirm(asked, now)

    assert counted() == {("kamoro", "email"): (1, 1)}


def test_who_is_active_and_confirms_again_counts_nothing(confirmed, joins, now):
    confirmed(source="kamoro")

    confirm(joins(source="befaso", language="fr", now=now + timedelta(days=1)), now + timedelta(days=1))
    joins(channel="telegram", address="7", method="bot", source="kamoro")
    joins(channel="telegram", address="7", method="bot", source="kamoro")

    assert counted() == {("kamoro", "email"): (1, 1), ("kamoro", "telegram"): (1, 1)}


def test_who_left_and_comes_back_counts_for_the_link_that_brought_them_back(confirmed, joins, now):
    subscriptions.leave(subscription=confirmed(source="kamoro"), method="form", now=now)

    confirm(joins(source="befaso"), now)

    assert counted() == {("kamoro", "email"): (1, 1), ("befaso", "email"): (1, 1)}


def test_a_refused_address_counts_nothing(joins, now):
    digest = address_hash(channel="email", address="ana@example.org")
    suppress(channel="email", address_hash=digest, reason="complaint", now=now)

    with pytest.raises(subscriptions.AddressSuppressed):
        joins(source="kamoro")

    assert counted() == {}


def test_erasing_a_person_takes_no_count_away(confirmed, now):
    erase(subscriber=confirmed(source="kamoro").subscriber, now=now)

    assert counted() == {("kamoro", "email"): (1, 1)}


def test_a_day_is_that_of_the_office(settings):
    settings.OFFICE_TIME_ZONE = "America/Dominica"
    evening = datetime(2026, 11, 23, 3, 59, tzinfo=UTC)

    count_asked(source="", channel="email", now=evening)
    count_asked(source="", channel="email", now=evening + timedelta(minutes=1))

    assert list(SignUpCount.objects.values_list("day", "asked").order_by("day")) == [
        (date(2026, 11, 22), 1),
        (date(2026, 11, 23), 1),
    ]


def test_counting_takes_one_statement_once_the_day_has_begun(now, django_assert_num_queries):
    count_asked(source="kamoro", channel="email", now=now)

    with django_assert_num_queries(1):
        count_asked(source="kamoro", channel="email", now=now)
