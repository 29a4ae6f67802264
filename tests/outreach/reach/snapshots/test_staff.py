"""The pages on which evaluators freeze, correct and publish."""

import re

import pytest
import time_machine
from django.urls import reverse

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach.periods import parse
from outreach.reach.snapshots import staff
from outreach.reach.snapshots.closing import close_due
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.models import Publication, Snapshot
from tests.outreach.reach.conftest import CLOSED

pytestmark = pytest.mark.django_db

MAY = {"evaluator", "superuser"}
PAGES = ("index", "freeze", "correct", "publish", "withdraw")


@pytest.fixture
def closed_time():
    with time_machine.travel(CLOSED, tick=False):
        yield


@pytest.fixture
def frozen(october):
    close_due(now=CLOSED)
    return freeze_period(period=parse("2026-11"), user=None, now=CLOSED)


def address(page, snapshot):
    return reverse(f"snapshots:{page}", args=[] if page in ("index", "freeze") else [snapshot.pk])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["editor", "approver", "evaluator", "data officer", "administrator", "superuser"])
def test_each_role_gets_what_it_may(client, member, frozen, role, page):
    client.force_login(member(role))
    answer = client.get(address(page, frozen))
    assert answer.status_code == (200 if role in MAY else 302)


@pytest.mark.parametrize("page", PAGES)
def test_nobody_outside_gets_anything(client, frozen, page):
    assert client.get(address(page, frozen))["Location"].startswith(reverse("wagtailadmin_login"))


@pytest.fixture
def evaluator(client, member):
    client.force_login(member("evaluator"))
    return client


def test_list_leads_to_the_report_and_says_what_is_public(evaluator, frozen):
    text = evaluator.get(reverse("snapshots:index")).content.decode()
    assert f"{reverse('reach:index')}?snapshot={frozen.pk}" in text
    assert "by the system" in text
    assert address("publish", frozen) not in text
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-11-01", ends_on="2026-11-30")
    Broadcast.objects.update(campaign=campaign)
    of_campaign = freeze_period(period=parse("2026-11"), campaign=campaign, user=None, now=CLOSED)
    assert address("publish", of_campaign) in evaluator.get(reverse("snapshots:index")).content.decode()
    evaluator.post(address("publish", of_campaign))
    assert re.search(r"Frozen,\s+public", evaluator.get(reverse("snapshots:index")).content.decode())
    evaluator.post(address("withdraw", of_campaign))
    assert Publication.objects.get().withdrawn_at


def test_what_no_public_page_can_show_is_refused_in_words(evaluator, frozen):
    answer = evaluator.post(address("publish", frozen), follow=True)

    assert "Only the figures of a campaign" in answer.content.decode()
    assert not Publication.objects.exists()


def test_older_figures_are_on_the_next_page_and_can_still_be_corrected(evaluator, frozen, monkeypatch):
    monkeypatch.setattr(staff, "ON_ONE_PAGE", 1)
    broadcast = Snapshot.objects.get(kind=Snapshot.Kind.BROADCAST)
    first = evaluator.get(reverse("snapshots:index")).content.decode()
    assert address("correct", frozen) in first
    assert address("correct", broadcast) not in first
    assert "?p=2" in first
    assert address("correct", broadcast) in evaluator.get(reverse("snapshots:index"), {"p": "2"}).content.decode()
    assert evaluator.get(reverse("snapshots:index"), {"p": "x"}).status_code == 200


def test_reading_a_question_does_nothing(evaluator, frozen):
    for page in PAGES:
        evaluator.get(address(page, frozen))
    assert Snapshot.objects.count() == 2
    assert not Publication.objects.exists()


def test_form_freezes_a_period_once(closed_time, evaluator, october):
    close_due(now=CLOSED)
    answer = evaluator.post(reverse("snapshots:freeze"), {"period": "2026-11", "campaign": ""})
    assert answer.status_code == 302
    assert Snapshot.objects.get(kind="month").taken_by.username
    answer = evaluator.post(reverse("snapshots:freeze"), {"period": "2026-11", "campaign": ""})
    assert "was frozen before" in answer.content.decode()


def test_form_says_which_broadcasts_are_still_open(closed_time, evaluator, october):
    text = evaluator.post(reverse("snapshots:freeze"), {"period": "2026-11"}).content.decode()
    assert "October: its figures close on" in text


@pytest.mark.parametrize("period", ["2026-13", "whole", "", "2026-11..2026-01"])
def test_wrong_period_is_refused_and_nothing_is_frozen(evaluator, october, period):
    answer = evaluator.post(reverse("snapshots:freeze"), {"period": period})
    assert answer.status_code == 200
    assert not Snapshot.objects.exists()


def test_correction_without_a_change_says_so(evaluator, frozen):
    answer = evaluator.post(address("correct", frozen), {"reason": "To be sure"})
    assert "nothing to correct" in answer.content.decode()
    answer = evaluator.post(address("correct", frozen), {"reason": ""})
    assert Snapshot.objects.filter(version=2).count() == 0
