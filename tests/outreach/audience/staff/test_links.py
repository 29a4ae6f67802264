"""Sign-up links in the admin: who makes them, who sees them, and what can be printed."""

import io
import xml.etree.ElementTree as ElementTree

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override
from PIL import Image
from wagtail.models import ModelLogEntry

from outreach.audience.links.address import QUIET_ZONE, address, qr_png, qr_svg
from outreach.audience.models import JoinLink, PaperSheet, SignUpCount, Subscriber
from outreach.audience.staff.link_prints import languages

from .conftest import ROLES

pytestmark = pytest.mark.django_db
KEEPERS = {"Editors", "superuser"}
READERS = KEEPERS | {"Approvers", "Evaluators", "Data officers"}
PRINTS = ["poster", "empty_sheet"]


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def link(db):
    return JoinLink.objects.create(code="kamoro", place="Health centre, Roseau", kind="poster")


def page(answer):
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


@pytest.mark.parametrize("role", sorted(set(ROLES) - KEEPERS))
def test_nobody_else_makes_changes_retires_or_deletes_one(as_role, link, role):
    client = as_role(role)
    before = list(JoinLink.objects.values())

    client.post(reverse("join_links:add"), {"kind": "radio", "place": "x", "code": "befaso"})
    client.post(reverse("join_links:edit", args=[link.pk]), {"kind": "radio", "place": "x"})
    client.post(reverse("join_links:inspect", args=[link.pk]), {"to": "retire"})
    client.post(reverse("join_links:delete", args=[link.pk]))

    assert list(JoinLink.objects.values()) == before


def test_a_code_is_offered_and_an_own_word_is_taken_as_people_write_it(as_role):
    client = as_role("Editors")
    offered = page(client.get(reverse("join_links:add"))).find(id="id_code")["value"]
    assert len(offered) == 6

    answer = client.post(
        reverse("join_links:add"), {"kind": "radio", "place": "Morning show", "code": " Radio  Été ", "parish": ""}
    )

    made = JoinLink.objects.get()
    assert (made.code, made.made_by.username) == ("radio-ete", "editors")
    assert answer["Location"] == reverse("join_links:inspect", args=[made.pk])
    assert "/j/radio-ete" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"code": "KAM0RO"}, "code", "People could take this for “kamoro”"),
        ({"code": "kamoro"}, "code", "People could take this for “kamoro”"),
        ({"code": "ab"}, "code", "3 to 40 letters"),
        ({"code": "staff-1"}, "code", "3 to 40 letters"),
        ({"code": "a/b"}, "code", "3 to 40 letters"),
        ({"code": ""}, "code", "required"),
        ({"place": " "}, "place", "Say where people see or hear the link."),
        ({"kind": "x"}, "kind", "valid choice"),
        ({"parish": "x"}, "parish", "valid choice"),
        ({"campaign": "0"}, "campaign", "valid choice"),
    ],
)
def test_bad_input_is_said_at_its_field(as_role, link, given, field, said):
    form = {"kind": "poster", "place": "Market", "code": "befaso", **given}

    found = page(as_role("Editors").post(reverse("join_links:add"), form))

    [error] = found.select(".error-message")
    assert said in error.text
    assert error.find_parent(class_="w-field__wrapper").find("label")["for"] == f"id_{field}"
    assert JoinLink.objects.count() == 1


def test_a_code_never_changes(as_role, link):
    client = as_role("Editors")

    client.post(
        reverse("join_links:edit", args=[link.pk]),
        {"kind": "radio", "place": "Harbour", "code": "befaso", "parish": ""},
    )

    link.refresh_from_db()
    assert (link.code, link.place, link.kind) == ("kamoro", "Harbour", "radio")


def test_a_link_is_retired_and_used_again_and_a_second_click_changes_nothing(as_role, link):
    client, place = as_role("Editors"), reverse("join_links:inspect", args=[link.pk])

    client.post(place, {"to": "retire"})
    link.refresh_from_db()
    retired_at = link.retired_at
    client.post(place, {"to": "retire"})
    client.post(place, {"to": "nonsense"})

    link.refresh_from_db()
    assert retired_at
    assert link.retired_at == retired_at
    client.post(place, {"to": "restore"})
    link.refresh_from_db()
    assert link.retired_at is None
    actions = ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["outreach.joinlink.retire", "outreach.joinlink.restore"]


@pytest.mark.parametrize("model", [SignUpCount, Subscriber, PaperSheet])
def test_a_link_that_was_used_is_not_deleted(as_role, link, now, model):
    made = {
        SignUpCount: {"source": "kamoro", "day": now.date(), "channel": "email"},
        Subscriber: {"source": "kamoro", "language": "en"},
        PaperSheet: {"link": link, "signed_on": now.date(), "entered_at": now, "entry": "1"},
    }
    model.objects.create(**made[model])

    answer = as_role("Editors").post(reverse("join_links:delete", args=[link.pk]), follow=True)

    assert JoinLink.objects.exists()
    assert "it can be retired, but not deleted" in answer.content.decode()


def test_a_link_that_nobody_used_is_deleted(as_role, link):
    as_role("Editors").post(reverse("join_links:delete", args=[link.pk]))

    assert not JoinLink.objects.exists()


def test_an_empty_list_leads_on_by_a_button(as_role):
    found = page(as_role("Editors").get(reverse("join_links:index")))

    assert found.select_one(f"#listing-results a.button[href='{reverse('join_links:add')}']")


def test_the_list_can_be_narrowed(as_role, link):
    JoinLink.objects.create(code="befaso", place="Morning show", kind="radio", parish="st_paul")
    client = as_role("Evaluators")

    for query, count in (({}, 2), ({"kind": "radio"}, 1), ({"parish": "st_mark"}, 0), ({"q": "roseau"}, 1)):
        found = page(client.get(reverse("join_links:index"), query))
        assert len(found.select("table.listing tbody tr")) == count


def test_the_page_of_a_link_offers_every_print_and_entering_only_to_who_may(as_role, link):
    for role, may in (("Editors", False), ("Data officers", True)):
        found = page(as_role(role).get(reverse("join_links:inspect", args=[link.pk])))
        leads = {anchor["href"] for anchor in found.select("main a[href]")}
        for name in PRINTS:
            assert {reverse(f"join_links:{name}", args=[link.pk, code]) for code, _name in languages()} <= leads
        assert (f"{reverse('sheets:enter')}?link={link.pk}" in leads) is may
        assert bool(found.select("button[name=to]")) is (role == "Editors")
        assert "kamoro" in found.select_one("img.join-link__qr")["alt"]


@pytest.mark.parametrize("name", PRINTS)
@pytest.mark.parametrize("language", [code for code, _name in languages()])
def test_a_print_is_in_its_language_and_whole(as_role, link, name, language):
    found = page(as_role("Editors").get(reverse(f"join_links:{name}", args=[link.pk, language])))

    assert (found.html["lang"], found.html["dir"]) == (language, "ltr")
    assert len(found.find_all("h1")) == 1
    assert address(link).removeprefix("http://") in found.main.text
    assert "kamoro" in found.main.img["alt"]
    assert {tag["href"] for tag in found.select('link[rel="stylesheet"]')} <= {
        "/static/outreach/paper.css",
        "/static/outreach/sheet.css",
    }


def test_a_sheet_says_the_words_and_their_versions(as_role, link):
    said = page(as_role("Editors").get(reverse("join_links:empty_sheet", args=[link.pk, "en"]))).main.text

    assert "Yes, send me messages of this campaign." in said
    assert "1 Receiving messages 2026.1" in said
    assert "Are you under 18?" in said
    assert "(kamoro)" in said


@pytest.mark.parametrize("language", ["acf", "ar", "xx"])
@pytest.mark.parametrize("name", PRINTS)
def test_there_is_no_print_in_a_language_without_all_texts(as_role, link, name, language):
    place = reverse(f"join_links:{name}", args=[link.pk, language])

    assert as_role("Editors").get(place, follow=True).status_code == 404


def test_a_print_in_a_script_from_right_to_left_says_so(as_role, link, settings):
    settings.WAGTAILADMIN_PERMITTED_LANGUAGES = [("ar", "العربية")]

    found = page(as_role("Editors").get(reverse("join_links:poster", args=[link.pk, "ar"])))

    assert found.html["dir"] == "rtl"
    assert found.select_one(".poster__address bdi")["dir"] == "ltr"


def test_the_qr_code_has_its_quiet_zone_and_is_sharp(link):
    picture = Image.open(io.BytesIO(qr_png(link))).convert("L")
    drawing = ElementTree.fromstring(qr_svg(link))

    modules = int(drawing.attrib["viewBox"].split()[2])
    scale = picture.width // modules
    zone = QUIET_ZONE * scale
    assert scale * modules == picture.width == picture.height
    assert picture.crop((0, 0, picture.width, zone)).getextrema() == (255, 255)
    assert picture.crop((0, 0, zone, picture.height)).getextrema() == (255, 255)
    assert picture.getpixel((zone, zone)) == 0
    assert "width" not in drawing.attrib
    assert "kamoro" in "".join(drawing.itertext())


@pytest.mark.parametrize("kind", ["gif", "svgz", "x"])
def test_no_other_file_is_drawn(as_role, link, kind):
    place = reverse("join_links:qr", args=[link.pk, kind])

    assert as_role("Editors").get(place, follow=True).status_code == 404
