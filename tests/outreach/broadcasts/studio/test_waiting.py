"""What waits for somebody stands on their dashboard, and nothing else does."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, User
from django.urls import reverse

from outreach import roles
from outreach.broadcasts import services
from outreach.broadcasts.models import Approval, Broadcast
from tests.outreach.broadcasts.conftest import approve

pytestmark = pytest.mark.django_db


def panel(client, user):
    client.force_login(user)
    answer = client.get(reverse("wagtailadmin_home"))
    return BeautifulSoup(answer.text, "html.parser").find(id="broadcasts-waiting-section")


def links(found) -> list[str]:
    return [link["href"] for link in found.select("li a")]


@pytest.mark.parametrize("role", ["editor", "evaluator", "data officer", "administrator"])
def test_who_approves_nothing_has_nothing_waiting(client, submitted, member, role):
    user = submitted.created_by if role == "editor" else member(role)

    assert panel(client, user) is None


def test_an_approver_is_led_to_what_was_submitted(client, submitted, approver):
    found = panel(client, approver)

    assert links(found) == [reverse("broadcasts:approve", args=[submitted.pk])]
    assert "editor asks for your approval." in " ".join(found.get_text(" ").split())


def test_what_somebody_else_has_to_approve_does_not_wait_for_them(client, draft, approver, now):
    services.submit(broadcast=draft, user=approver, now=now)

    assert panel(client, approver) is None


def test_what_is_held_waits_with_its_reason(client, submitted, approver, now):
    approve(submitted, approver, now)
    assert panel(client, approver) is None
    services.pause(broadcast=submitted, reason="The server is down.", user=approver, now=now)

    found = panel(client, approver)

    assert links(found) == [reverse("broadcasts:broadcast", args=[submitted.pk])]
    assert "The server is down." in found.get_text()


@pytest.mark.parametrize("by", ["writing", "submitting"])
def test_whoever_wrote_or_submitted_what_is_held_is_told_why(client, submitted, approver, editor, now, by):
    approve(submitted, approver, now)
    other = User.objects.create_user("other")
    Broadcast.objects.update(created_by=editor if by == "writing" else other)
    Approval.objects.create(broadcast=submitted, submitted_at=now, voided_at=now)
    Approval.objects.update(submitted_by=editor if by == "submitting" else other)
    services.pause(broadcast=submitted, reason="The provider refused its content.", now=now)

    found = panel(client, editor)

    assert links(found) == [reverse("broadcasts:broadcast", args=[submitted.pk])]
    assert "The provider refused its content." in found.get_text()


def test_what_others_wrote_waits_for_no_editor_and_for_nobody_who_writes_no_more(
    client, submitted, approver, editor, now
):
    approve(submitted, approver, now)
    services.pause(broadcast=submitted, reason="The server is down.", now=now)
    other = User.objects.create_user("other")
    other.groups.set(editor.groups.all())
    assert panel(client, other) is None
    assert panel(client, editor)

    editor.groups.set(Group.objects.filter(name=roles.EVALUATORS))

    assert panel(client, User.objects.get(pk=editor.pk)) is None
