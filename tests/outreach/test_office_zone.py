"""Everybody in the admin reads and enters the times of the office."""

from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from outreach.reach.about import about
from outreach.reach.snapshots.closing import close_due
from outreach.reach.tables import report
from tests.outreach.reach.conftest import CLOSED, ledger, member, october  # noqa: F401

pytestmark = pytest.mark.django_db


def test_nobody_is_offered_another_zone(client, member):
    client.force_login(member("evaluator"))
    page = client.get(reverse("wagtailadmin_account")).content.decode()

    assert "preferred_language" in page
    assert "current_time_zone" not in page


def test_a_zone_that_was_chosen_before_is_forgotten(member):
    profile = UserProfile.get_for_user(member("evaluator"))
    profile.current_time_zone = "Asia/Tokyo"
    profile.save()

    import_module("outreach.migrations.0010_office_zone").forget_own_zones(apps, None)

    profile.refresh_from_db()
    assert profile.current_time_zone == ""


def test_a_report_says_the_same_days_whatever_zone_is_in_use(october):
    close_due(now=CLOSED)
    said = {}
    for zone in ("America/Dominica", "Pacific/Kiritimati"):
        with timezone.override(zone):
            said[zone] = about(report(broadcast=october.pk))

    assert said["Pacific/Kiritimati"] == said["America/Dominica"]
