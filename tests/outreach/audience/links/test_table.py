"""Sign-ups by source, and their file."""

import csv
import io
from datetime import date

import pytest

from outreach.audience.links import table_file
from outreach.audience.links.table import TEXTS_SHOWN, sign_ups
from outreach.audience.models import SignUpCount

pytestmark = pytest.mark.django_db
LAST_MONTH, BEFORE = date(2026, 10, 1), date(2026, 9, 1)


def counted(source, day, *, email=(0, 0), telegram=0):
    SignUpCount.objects.create(source=source, day=day, channel="email", asked=email[0], joined=email[1])
    SignUpCount.objects.create(source=source, day=day, channel="telegram", asked=telegram, joined=telegram)


def told(row):
    return [each.text for each in (row.email_asked, row.email_joined, row.telegram_joined, row.joined)]


def test_each_link_has_a_row_and_days_of_a_month_add_up(make_link, now):
    make_link("kamoro")
    counted("kamoro", date(2026, 10, 1), email=(8, 6), telegram=5)
    counted("kamoro", date(2026, 10, 31), email=(2, 1), telegram=0)

    table = sign_ups(month=LAST_MONTH, now=now)

    assert [(row.link.code, told(row)) for row in table.rows] == [("kamoro", ["10", "7", "5", "12"])]
    assert told(table.whole) == ["10", "7", "5", "12"]


def test_a_link_that_nobody_used_shows_none_unless_it_is_retired(make_link, now):
    make_link("kamoro")
    make_link("befaso", retired_at=now)

    assert [(row.source, row.joined.text) for row in sign_ups(month=None, now=now).rows] == [("kamoro", "0")]


def test_a_retired_link_that_brought_people_stays(make_link, now):
    make_link("befaso", retired_at=now)
    counted("befaso", LAST_MONTH, telegram=9)

    assert [row.source for row in sign_ups(month=None, now=now).rows] == ["befaso"]


def test_all_months_are_the_sum_of_what_each_month_shows(make_link, now):
    """Else the hidden count of a month would be what is missing to the figure of all months."""
    make_link("kamoro")
    counted("kamoro", BEFORE, telegram=3)
    counted("kamoro", LAST_MONTH, telegram=20)
    counted("kamoro", date(2026, 11, 3), telegram=7)

    shown = {month: told(sign_ups(month=month, now=now).whole)[3] for month in (None, BEFORE, LAST_MONTH)}

    assert shown == {None: "at least 26", BEFORE: "<5", LAST_MONTH: "20"}


def test_other_texts_and_none_at_all_come_after_the_links(make_link, now):
    make_link("kamoro")
    for source in ("", "zzz", "aaa", "kamoro"):
        counted(source, LAST_MONTH, telegram=5)

    assert [row.source for row in sign_ups(month=None, now=now).rows] == ["kamoro", "aaa", "zzz", ""]


def test_a_flood_of_made_up_sources_fills_one_row(now):
    for number in range(TEXTS_SHOWN + 3):
        counted(f"s{number:03}", LAST_MONTH, telegram=5)

    table = sign_ups(month=None, now=now)

    assert (len(table.rows), table.rest_of, told(table.rest)[3]) == (TEXTS_SHOWN, 3, "15")
    assert told(table.whole)[3] == str(5 * (TEXTS_SHOWN + 3))


def test_the_number_of_queries_is_the_same_for_many_links(make_link, now, django_assert_num_queries):
    for number in range(12):
        make_link(f"place-{number}")
        counted(f"place-{number}", LAST_MONTH, telegram=5)

    with django_assert_num_queries(3):
        sign_ups(month=None, now=now)


def test_the_file_shows_no_more_than_the_page_and_holds_no_formula(make_link, now):
    make_link("kamoro", place='=HYPERLINK("http://x","y")', kind="radio", parish="st_george")
    counted("kamoro", LAST_MONTH, email=(9, 3), telegram=6)
    counted("-1", LAST_MONTH, telegram=9)

    content = table_file.write(sign_ups(month=LAST_MONTH, now=now), period="2026-10")

    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[0][:2] == ["source", "kind"]
    place = ['\'=HYPERLINK("http://x","y")', "Saint George", ""]
    assert lines[1] == ["kamoro", "Radio spot", *place, "2026-10", "9", "<5", "6", "≥7"]
    assert lines[2] == ["'-1", "", "", "", "", "2026-10", "0", "0", "9", "9"]
    assert lines[3] == ["Total", "", "", "", "", "2026-10", "9", "<5", "15", "≥16"]
