"""The page that tells what to enter at a mail provider: for those who set the site up, without a secret."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from outreach.tracking.webhooks.views import PROVIDERS
from tests.outreach.audience.staff.conftest import ROLES, as_role  # noqa: F401

from .conftest import SECRET

pytestmark = pytest.mark.django_db


def test_only_those_who_set_the_site_up_see_it(as_role):
    answers = {role: as_role(role).get(reverse("bounces")).status_code for role in ROLES}

    assert {role for role, status in answers.items() if status == 200} == {"Administrators", "superuser"}
    assert set(answers.values()) <= {200, 302}


@pytest.mark.parametrize(("role", "shown"), [("Administrators", True), ("Editors", False), ("Data officers", False)])
def test_the_menu_leads_those_to_it_who_may_see_it(as_role, role, shown):
    home = as_role(role).get("/admin/", follow=True).content.decode()

    assert (reverse("bounces") in home) is shown


def test_it_names_the_address_of_every_provider_the_one_in_use_first_and_no_secret(as_role, settings):
    settings.ANYMAIL_WEBHOOK_SECRET = [SECRET]
    settings.EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"
    settings.BOUNCE_MAILBOX_URL = "imaps://bounces:mailbox-password@mail.example.org/INBOX"

    content = as_role("Administrators").get(reverse("bounces")).content.decode()

    addresses = [code.text for code in BeautifulSoup(content, "html.parser").select("main table code, table code")]
    assert addresses[0] == "http://NAME:PASSWORD@testserver/anymail/sendgrid/tracking/"
    assert len(set(addresses)) == len(PROVIDERS)
    assert "imaps://mail.example.org" in content
    assert "mailbox-password" not in content
    assert SECRET.partition(":")[2] not in content
