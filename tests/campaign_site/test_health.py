import pytest
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
def test_a_healthy_site_says_ok_and_sets_no_cookie(client: Client) -> None:
    response = client.get("/health/")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_site_without_its_database_says_so(client: Client) -> None:
    def away(*_call: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        assert client.get("/health/").status_code == 503


@pytest.mark.django_db
def test_health_is_asked_over_plain_http_even_where_the_site_is_https(client: Client, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/health/").status_code == 200
    assert client.get("/en/").status_code == 301
