"""Quiet hours: over midnight, on clocks that change, and in the settings."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import QuietHours
from outreach.broadcasts.office_time import first_moment, last_moment
from outreach.broadcasts.quiet import Hours, end_of_work, hours, quiet_until
from tests.outreach.broadcasts.conftest import ROLES

PARIS = ZoneInfo("Europe/Paris")
NIGHT = Hours(time(21), time(7), ZoneInfo("America/Dominica"))
ZONES = ["America/Dominica", "America/Port-au-Prince", "Europe/Paris", "Australia/Lord_Howe", "UTC"]
TIMES = st.times().map(lambda moment: moment.replace(microsecond=0))
# The weeks in which the clocks of the zones above change, and some in which they do not.
MOMENTS = st.datetimes(datetime(2026, 3, 5), datetime(2026, 4, 10)) | st.datetimes(
    datetime(2026, 10, 1), datetime(2026, 11, 5)
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (utc(2026, 12, 2, 0, 59, 59), None),
        (utc(2026, 12, 2, 1, 0), utc(2026, 12, 2, 11, 0)),
        (utc(2026, 12, 2, 10, 59, 59), utc(2026, 12, 2, 11, 0)),
        (utc(2026, 12, 2, 11, 0), None),
    ],
)
def test_a_night_goes_over_midnight_and_ends_in_the_morning(now, until):
    assert NIGHT.until(now) == until


def test_a_siesta_lies_within_a_day():
    siesta = Hours(time(13), time(15), ZoneInfo("America/Dominica"))

    assert siesta.until(utc(2026, 12, 2, 18, 0)) == utc(2026, 12, 2, 19, 0)
    assert siesta.until(utc(2026, 12, 2, 19, 0)) is None


def test_an_end_that_the_clocks_skip_is_when_they_jump():
    night = Hours(time(21), time(2, 30), PARIS)

    assert night.until(utc(2026, 3, 29, 0, 30)) == utc(2026, 3, 29, 1, 0)


def test_an_end_that_the_clocks_show_twice_is_the_second_one():
    night = Hours(time(21), time(2, 30), PARIS)

    assert night.until(utc(2026, 10, 25, 0, 45)) == utc(2026, 10, 25, 1, 30)


def test_a_start_that_the_clocks_show_twice_is_the_first_one():
    night = Hours(time(2, 30), time(7), PARIS)

    assert night.until(utc(2026, 10, 25, 1, 0)) == utc(2026, 10, 25, 6, 0)


def test_the_same_start_and_end_mean_none():
    assert Hours(time(9), time(9), PARIS).until(utc(2026, 1, 1, 8, 0)) is None
    assert Hours(time(9), time(9), PARIS).next_start(utc(2026, 1, 1, 8, 0)) is None


@given(TIMES, TIMES, st.sampled_from(ZONES), MOMENTS)
def test_quiet_is_what_lies_between_a_start_and_its_end_and_ends_outside(start, end, name, naive):
    found, now = Hours(start, end, ZoneInfo(name)), naive.replace(tzinfo=UTC)
    today = now.astimezone(found.zone).date()
    windows = [
        (
            first_moment(datetime.combine(day, start), found.zone),
            last_moment(datetime.combine(day + timedelta(days=start > end), end), found.zone),
        )
        for day in (today + timedelta(days=number) for number in range(-2, 3))
    ]

    until = found.until(now)

    assert (until is not None) == (start != end and any(begin <= now < stop for begin, stop in windows))
    if until is not None:
        assert until > now
        assert found.until(until) is None
        assert found.until(until - timedelta(microseconds=1)) == until
        following = found.next_start(until)
        assert following is not None
        assert following >= until
        assert found.until(following) is not None


@given(st.integers(0, 200_000), MOMENTS)
def test_work_rests_in_every_night_and_is_never_done_in_one(seconds, naive):
    start, work = naive.replace(tzinfo=UTC), timedelta(seconds=seconds)

    done = end_of_work(start=start, work=work, quiet=NIGHT)

    assert done >= start + work
    assert NIGHT.until(done - timedelta(seconds=1)) is None or seconds == 0
    # A day holds fourteen hours in which there is work.
    assert done - start <= work + timedelta(hours=10) * (seconds // (14 * 3600) + 2)


def test_work_without_quiet_hours_just_takes_its_time():
    assert end_of_work(start=utc(2026, 1, 1), work=timedelta(hours=30), quiet=None) == utc(2026, 1, 2, 6, 0)


@pytest.mark.django_db
def test_there_are_none_until_an_administrator_sets_them():
    assert all(hours(channel=name) is None for name in ChannelName.values)
    QuietHours.objects.create(**dict.fromkeys(ChannelName.values, True))
    assert all(hours(channel=name) for name in ChannelName.values)


@pytest.mark.django_db
def test_each_channel_has_a_switch_and_the_zone_is_the_offices_unless_it_is_named(settings):
    settings.OFFICE_TIME_ZONE = "Europe/Paris"
    QuietHours.objects.create(email=True)
    evening = utc(2026, 12, 2, 20, 30)

    assert quiet_until(channel="email", now=evening) == utc(2026, 12, 3, 6, 0)
    assert quiet_until(channel="telegram", now=evening) is None
    QuietHours.objects.update(zone="America/Dominica", telegram=True)
    assert quiet_until(channel="email", now=evening) is None
    assert hours(channel="telegram") == NIGHT


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_only_administrators_set_them(client, member, role):
    address = reverse("wagtailsettings:edit", args=["outreach", "quiethours", QuietHours.load().pk])
    client.force_login(member(role))

    answer = client.post(address, {"start": "22:00", "end": "06:00", "zone": "", "email": "on"})

    assert QuietHours.objects.get().email is (role in {"administrator", "superuser"})
    assert answer.status_code == 302


@pytest.mark.django_db
def test_who_sets_them_reads_that_a_channel_without_a_tick_has_none(client, member):
    client.force_login(member("administrator"))

    answer = client.get(reverse("wagtailsettings:edit", args=["outreach", "quiethours", QuietHours.load().pk]))

    assert "Where there is no tick, there are no quiet hours" in answer.text


@pytest.mark.django_db
def test_a_zone_that_there_is_not_is_refused(client, member):
    address = reverse("wagtailsettings:edit", args=["outreach", "quiethours", QuietHours.load().pk])
    client.force_login(member("administrator"))

    answer = client.post(address, {"start": "22:00", "end": "06:00", "zone": "Mars/Olympus", "email": "on"})

    assert "Write a time zone of the IANA list" in answer.text
    assert not QuietHours.objects.get().email
