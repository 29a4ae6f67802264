import pytest
from django.http import HttpResponse
from django.test import Client

from campaign_site.policy import HEADER, PUBLIC, STAFF, Policy

PUBLIC_ADDRESSES = [
    "/en/subscribe/",
    "/en/subscribe/telegram/",
    "/en/messages/",
    "/en/leave/",
    "/en/nothing/",
    "/robots.txt",
    "/sitemap.xml",
    "/health/",
    "/u/wrong",
    "/r/wrong/1",
]


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_public_answer_allows_nothing_that_it_does_not_need_and_sets_no_cookie(db, address):
    response = Client(SERVER_NAME="testserver").get(address)
    assert response["Content-Security-Policy"] == PUBLIC
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    assert not response.cookies
    assert "'unsafe-inline'" not in PUBLIC


def test_staff_pages_may_run_what_the_editor_brings(db):
    assert Client(SERVER_NAME="testserver").get("/admin/login/")["Content-Security-Policy"] == STAFF


def test_answer_that_says_itself_what_it_needs_is_left_as_it_is(rf):
    own = "default-src 'none'; frame-ancestors *"
    response = Policy(lambda request: HttpResponse(headers={HEADER: own}))(rf.get("/"))
    assert response[HEADER] == own
