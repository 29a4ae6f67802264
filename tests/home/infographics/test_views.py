import io

import pytest
from django.test import Client
from django.utils.timezone import localtime
from PIL import Image

from home.models import InfographicPage


def test_table_is_downloaded_in_the_language_as_its_spreadsheets_read_it(site, reader: Client):
    response = reader.get("/fr/infographic/origins.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.decode().splitlines()[:2] == [
        "\ufeffCountry of birth [fr];People [fr]",
        "Haiti [fr];2585",
    ]


def test_chart_is_downloaded_as_svg(site, reader: Client):
    svg = reader.get("/ht/infographic/stock.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in svg.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("address", "size"), [("stock.png", (1200, 630)), ("stock/square.png", (1200, 1200))])
def test_picture_has_the_size_that_it_is_shared_in(site, reader: Client, address, size):
    assert Image.open(io.BytesIO(reader.get(f"/fr/infographic/{address}").content)).size == size


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("stock.csv", "stock-fr.csv"),
        ("stock.svg", "stock-fr.svg"),
        ("stock.png", "stock-fr.png"),
        ("stock/square.png", "stock-square-fr.png"),
    ],
)
def test_name_of_a_file_says_its_language(site, reader: Client, address, name):
    assert f'filename="{name}"' in reader.get(f"/fr/infographic/{address}").headers["Content-Disposition"]


def test_page_offers_every_file_with_its_size(site, reader: Client):
    page = reader.get("/fr/infographics/stock/").content.decode()
    for address in ("stock.csv", "stock.svg", "stock.png", "stock/square.png"):
        start = page.index(f'href="/fr/infographic/{address}"')
        assert "downloads__size" in page[start : page.index("</li>", start)]


def test_picture_names_the_site_in_its_language(site, reader: Client):
    assert "Moving, working, belonging [fr]" in reader.get("/fr/infographic/stock.svg").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/es/infographic/nothing.csv", "/acf/infographic/stock.svg", "/es/infographic/nothing/embed/"],
)
def test_what_is_not_published_in_the_language_is_missing(site, reader: Client, address):
    assert reader.get(address, follow=True).status_code == 404


def test_infographic_may_be_framed_by_every_site(site, reader: Client):
    response = reader.get("/fr/infographic/stock/embed/")
    assert "X-Frame-Options" not in response.headers
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    page = response.content.decode()
    assert '<base target="_top">' in page
    assert "<script" not in page
    assert "<header" not in page


def test_framed_infographic_sets_no_cookie_and_is_not_indexed(site, reader: Client):
    response = reader.get("/fr/infographic/stock/embed/")
    assert not response.cookies
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("address", ["/fr/infographics/stock/", "/fr/", "/fr/infographics/"])
def test_nothing_else_may_be_framed(site, reader: Client, address):
    assert reader.get(address).headers["X-Frame-Options"] == "SAMEORIGIN"


def test_code_to_embed_survives_whatever_stands_in_the_title(infographic: InfographicPage, reader: Client):
    infographic.title = 'One "quoted" </textarea><script>x</script>'
    infographic.save_revision().publish()
    page = reader.get("/en/infographics/stock/").content.decode()
    code = page[page.index("<textarea") : page.index("</textarea>")]
    assert 'src="http://testserver/en/infographic/stock/embed/"' in code.replace(
        "http://127.0.0.1:8000", "http://testserver"
    )
    assert "&amp;quot;quoted&amp;quot;" in code
    assert "<script>" not in code


def test_note_on_what_changed_is_shown_with_its_date(infographic: InfographicPage, reader: Client):
    assert "What changed" not in reader.get("/en/infographics/stock/").content.decode()
    infographic.change_note = "Figures of 2024 added"
    infographic.save_revision().publish()
    infographic.refresh_from_db()
    page = reader.get("/en/infographics/stock/").content.decode()
    assert "Figures of 2024 added" in page
    assert f'datetime="{localtime(infographic.last_published_at):%Y-%m-%d}"' in page


@pytest.mark.parametrize("user", [None, "admin"])
def test_public_addresses_of_an_infographic_are_for_everybody(site, client: Client, admin_user, user):
    if user:
        client.force_login(admin_user)
    for address in ("stock.csv", "stock.svg", "stock.png", "stock/square.png", "stock/embed/"):
        assert client.get(f"/en/infographic/{address}").status_code == 200
        assert client.post(f"/en/infographic/{address}").status_code == 405
