"""The pages on which evaluators make and revoke their own tokens."""

import re

import pytest
from django.urls import reverse

from outreach.reach.api.models import ApiToken

pytestmark = pytest.mark.django_db

READERS = {"approver", "evaluator", "superuser"}
ROLES = ["editor", "approver", "evaluator", "data officer", "administrator", "superuser"]


@pytest.fixture
def evaluator(client, member):
    client.force_login(member("evaluator"))
    return client


def make(client, label="Dashboard"):
    answer = client.post(reverse("reach:new_token"), {"label": label})
    found = re.search(r'value="(reach_[^"]+)"', answer.content.decode())
    return answer, found and found[1]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_makes_a_token_only_if_it_may_read_reach(client, member, role):
    client.force_login(member(role))
    answer, text = make(client)
    assert answer.status_code == (200 if role in READERS else 302)
    assert bool(text) is ApiToken.objects.exists() is (role in READERS)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_comes_to_the_pages_only_if_it_may_read_reach(client, member, role):
    client.force_login(member("superuser"))
    make(client)
    client.force_login(member(role))
    make(client)
    token = ApiToken.objects.latest("pk")
    for name, arguments in (("tokens", []), ("revoke_token", [token.pk])):
        answer = client.get(reverse(f"reach:{name}", args=arguments))
        assert answer.status_code == (200 if role in READERS else 302)


def test_nobody_outside_makes_or_revokes_a_token(client):
    for address in (reverse("reach:tokens"), reverse("reach:new_token"), reverse("reach:revoke_token", args=[1])):
        answer = client.post(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("wagtailadmin_login"))
    assert not ApiToken.objects.exists()


def test_token_is_shown_once_and_works(evaluator):
    answer, text = make(evaluator)
    assert "no-store" in answer["Cache-Control"]
    assert text not in evaluator.get(reverse("reach:tokens")).content.decode()
    assert "Dashboard" in evaluator.get(reverse("reach:tokens")).content.decode()
    assert evaluator.get(reverse("reach:new_token")).status_code == 302
    sent = {"Authorization": f"Bearer {text}"}
    assert evaluator.get("/api/reach/definitions", headers=sent).status_code == 200


@pytest.mark.parametrize("label", ["", "   ", "x" * 81])
def test_token_without_a_fitting_label_is_not_made_and_the_form_says_why(evaluator, label):
    answer, text = make(evaluator, label)
    assert answer.status_code == 422
    assert text is None
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_revoking_asks_first_and_ends_the_token(evaluator):
    _answer, text = make(evaluator)
    address = reverse("reach:revoke_token", args=[ApiToken.objects.get().pk])
    assert evaluator.get(address).status_code == 200
    assert ApiToken.objects.get().revoked_at is None
    assert "no longer works" in evaluator.post(address, follow=True).content.decode()
    assert evaluator.get("/api/reach/definitions", headers={"Authorization": f"Bearer {text}"}).status_code == 401


def test_nobody_sees_or_revokes_the_token_of_another(client, member, evaluator):
    make(evaluator, "Mine alone")
    token = ApiToken.objects.get()
    client.force_login(member("superuser"))
    assert "Mine alone" not in client.get(reverse("reach:tokens")).content.decode()
    for ask in (client.get, client.post):
        assert ask(reverse("reach:revoke_token", args=[token.pk]), follow=True).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_label_is_shown_as_text(evaluator):
    make(evaluator, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in evaluator.get(reverse("reach:tokens")).content.decode()
