"""The words that people agree to, in the admin: drafted, previewed, published, and read."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.urls import reverse

from outreach.audience.models import Wording
from outreach.audience.wording import current_version, words
from outreach.audience.wording_drafts import draft, required_languages

from .conftest import ROLES

pytestmark = pytest.mark.django_db

WRITERS = {"Data officers", "superuser"}
READERS = {*WRITERS, "Administrators"}


@pytest.fixture
def begun(now):
    user = User.objects.create_user("somebody")
    return draft(purpose="messages", reason="Plainer", user=user, now=now)


def texts(**changed):
    return {f"text_{code}": f"Write to me ({code})" for code in required_languages()} | changed


def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


def text(answer):
    return " ".join(page(answer).select_one("main, #main").text.split())


@pytest.mark.parametrize("role", sorted(set(ROLES) - READERS))
def test_nobody_else_writes_publishes_or_drops(as_role, begun, role):
    client = as_role(role)
    client.post(reverse("wordings:write", args=[begun.pk]), {"reason": "Mine", **texts()})
    client.post(reverse("wordings:publish", args=[begun.pk]))
    client.post(reverse("wordings:drop", args=[begun.pk]))

    begun.refresh_from_db()
    assert (begun.reason, begun.published_at) == ("Plainer", None)


def test_words_are_written_previewed_and_published(as_role, confirmed):
    confirmed()
    client = as_role("Data officers")
    client.post(reverse("wordings:new", args=["messages"]), {"reason": "Plainer"})
    begun = Wording.objects.get()
    write = reverse("wordings:write", args=[begun.pk])
    assert "Yes, send me messages of this campaign" in page(client.get(write)).select_one("#id_text_en").text

    answer = client.post(write, {"reason": "Plainer", "publish": "1", **texts(text_en="  Write\nto me ")})
    assert answer.headers["Location"] == reverse("wordings:publish", args=[begun.pk])
    preview = page(client.get(reverse("wordings:preview", args=[begun.pk, "en"])))
    assert preview.select_one("label[for=id_messages]").text == "Write to me"
    asked = text(client.get(answer.headers["Location"]))
    assert "<5 people agreed to the words before (2026.1); <5 still do." in asked
    assert "not asked again" in asked

    client.post(answer.headers["Location"])

    new = Wording.objects.filter(purpose="messages").latest("pk").version
    assert (current_version("messages"), words("messages", language="en")) == (new, "Write to me")
    assert f"{new} shown now" in text(client.get(reverse("wordings:index")))
    version = text(client.get(reverse("wordings:version", args=["messages", new])))
    assert "data-officers" in version
    assert "There is no text in this language" in version


def test_a_missing_language_is_named_and_nothing_is_published(as_role, begun):
    client = as_role("Data officers")
    client.post(reverse("wordings:write", args=[begun.pk]), {"reason": "Plainer", **texts(text_fr="")})
    address = reverse("wordings:publish", args=[begun.pk])

    assert "Without a text: Français" in text(client.get(address))
    assert "some languages have no text yet" in text(client.post(address))
    assert current_version("messages") == "2026.1"


def test_the_same_words_are_not_published(as_role, begun):
    said = text(as_role("Administrators").post(reverse("wordings:publish", args=[begun.pk])))

    assert "these are the words that people see already" in said


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "ana@example.org wished it"}, {"text_en": "x" * 601}])
def test_a_wrong_answer_saves_nothing_and_says_where(as_role, begun, wrong):
    before = dict(begun.texts.values_list("language", "text"))

    answer = as_role("Data officers").post(
        reverse("wordings:write", args=[begun.pk]), {"reason": "Plainer", **texts(), **wrong}
    )

    assert answer.status_code == 200
    assert page(answer).select(".error-message")
    assert dict(begun.texts.values_list("language", "text")) == before


def test_what_is_published_is_only_read(as_role, begun):
    client = as_role("Data officers")
    client.post(reverse("wordings:write", args=[begun.pk]), {"reason": "Plainer", **texts()})
    client.post(reverse("wordings:publish", args=[begun.pk]))
    version = reverse("wordings:version", args=["messages", "2026.2"])

    for name in ("write", "publish", "drop"):
        address = reverse(f"wordings:{name}", args=[begun.pk])
        assert client.get(address).headers["Location"] == version
        assert client.post(address, {"reason": "Again", **texts(text_en="Other")}).headers["Location"] == version
    assert words("messages", language="en") == "Write to me (en)"


def test_a_second_draft_leads_to_the_first(as_role, begun):
    answer = as_role("Data officers").post(reverse("wordings:new", args=["messages"]), {"reason": "Mine"})

    assert answer.headers["Location"] == reverse("wordings:write", args=[begun.pk])
    assert Wording.objects.count() == 1


def test_a_draft_is_dropped_after_asking(as_role, begun):
    client, address = as_role("Data officers"), reverse("wordings:drop", args=[begun.pk])
    client.get(address)
    assert Wording.objects.exists()

    client.post(address)

    assert not Wording.objects.exists()


def test_a_preview_can_send_nothing_and_escapes_what_was_written(as_role, begun):
    client = as_role("Data officers")
    client.post(
        reverse("wordings:write", args=[begun.pk]),
        {"reason": "Plainer", **texts(text_fr="<script>alert(1)</script>")},
    )

    answer = client.get(reverse("wordings:preview", args=[begun.pk, "fr"]))

    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]
    assert "&lt;script&gt;alert(1)" in answer.content.decode()
    assert page(answer).html["lang"] == "fr"


@pytest.mark.parametrize(("purpose", "version"), [("nothing", "2026.1"), ("messages", "1999.1")])
def test_what_never_was_has_no_page(as_role, purpose, version):
    answer = as_role("Data officers").get(reverse("wordings:version", args=[purpose, version]))

    assert answer.status_code in {302, 404}


def test_the_list_takes_the_same_number_of_queries_for_many_people(
    as_role, begun, confirmed, django_assert_max_num_queries
):
    client = as_role("Data officers")
    client.get(reverse("wordings:index"))
    for number in range(6):
        confirmed(address=f"{number}@example.org")

    with django_assert_max_num_queries(20):
        assert "5 5" in text(client.get(reverse("wordings:index")))
