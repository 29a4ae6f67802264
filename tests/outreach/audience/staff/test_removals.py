"""What was removed, in the admin: for data officers and administrators."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.translation import override

from outreach.audience.models import Removal
from outreach.audience.staff.removals import menu_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def removals():
    return Removal.objects.bulk_create(
        [Removal(day=date(2026, 11, 3), kind="erased", count=2), Removal(day=date(2026, 11, 4), kind="gone", count=7)]
    )


def test_the_list_says_what_went_in_words_and_as_it_was_written_where_it_has_none(as_role, removals):
    content = as_role("Data officers").get(reverse("removals:index")).content.decode()

    assert "People erased at their wish" in content
    assert "gone" in content


def test_it_can_be_taken_away_as_csv(as_role, removals):
    answer = as_role("Administrators").get(reverse("removals:index"), {"export": "csv"})

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].split(",")[-1] == "How many"
    assert lines[1:] == ["2026-11-04,gone,gone,7", "2026-11-03,erased,People erased at their wish,2"]


def test_the_way_there_stands_in_the_reports(as_role, removals):
    assert reverse("removals:index") in as_role("Data officers").get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("removals:index") not in as_role("Editors").get(reverse("wagtailadmin_home")).content.decode()


def test_its_place_in_the_menu_is_told_in_each_readers_language():
    """Wagtail makes the menu once, in the language of whoever asks first."""
    with override("fr"):
        item = menu_item()

    with override("en"):
        assert str(item.label) == "What was removed"
