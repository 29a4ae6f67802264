"""The picture of a message: what was approved is what is sent, however its infographic is edited later."""

import base64
import hashlib
import io
import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.storage import default_storage
from PIL import Image

from outreach.audience.addresses import encrypt
from outreach.broadcasts import pictures, services
from outreach.broadcasts.matrix import CellState, matrix
from outreach.broadcasts.models import Broadcast, Message, TestChat
from outreach.broadcasts.refusals import ApprovalVoid
from outreach.broadcasts.rendering import build, fresh, frozen, problems
from outreach.broadcasts.rendering.telegram import MOST_IN_CAPTION
from outreach.broadcasts.testing import send_test
from tests.outreach.broadcasts.conftest import approve, make_private, translate

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictured(draft, infographic, editor, now) -> Broadcast:
    """The draft with the infographic's picture on every text."""
    for message in draft.messages.all():
        message.picture = infographic
        services.write(message=message, user=editor, now=now)
    return draft


def edit(infographic) -> None:
    infographic.number_value = 13.5
    infographic.save_revision().publish()


def cell(broadcast: Broadcast, channel: str, language: str = "en") -> Message:
    return broadcast.messages.get(channel=channel, language=language)


def test_a_picture_is_kept_once_under_the_hash_of_its_bytes(pictured, settings):
    files = {message.picture_file for message in pictured.messages.all()}

    (path,) = files
    content = default_storage.open(path).read()
    assert path == f"broadcasts/{hashlib.sha256(content).hexdigest()}.png"
    assert Image.open(io.BytesIO(content)).format == "PNG"
    assert pictures.keep(content) == path
    assert len(default_storage.listdir("broadcasts")[1]) == 1


def test_each_language_gets_the_picture_in_it_or_is_told_in_which_it_is(pictured, infographic, editor, now):
    english = cell(pictured, "email")
    assert matrix(pictured).cell("email", "fr").notes == (
        "The picture is in English: its infographic is not published in this language.",
    )
    translate(infographic, "fr", "Une personne sur huit est née ailleurs")
    assert matrix(pictured).cell("email", "fr").state == CellState.STALE

    french = cell(pictured, "email", "fr")
    services.write(message=french, user=editor, now=now)

    assert french.picture_file != english.picture_file
    assert matrix(pictured).cell("email", "fr").notes == ()
    assert matrix(pictured).cell("email", "fr").state == CellState.DRAFT


def test_a_mail_shows_the_picture_with_its_size_its_words_and_a_full_address(pictured, client, infographic):
    built = build(cell(pictured, "email"))

    image = BeautifulSoup(built.html, "html.parser").find("img")
    assert image["alt"] == infographic.text_summary
    assert int(image["width"]) == 552
    assert int(image["height"]) > 100
    assert re.fullmatch(r"http://testserver/picture/[0-9a-f]{64}\.png", image["src"])
    assert infographic.text_summary in built.text
    answer = client.get(image["src"].removeprefix("http://testserver"))
    assert answer.content == default_storage.open(cell(pictured, "email").picture_file).read()
    assert answer["Content-Type"] == "image/png"
    assert "immutable" in answer["Cache-Control"]
    assert not answer.cookies


def test_a_picture_that_is_not_there_is_not_found(client, pictured):
    assert client.get(f"/picture/{'0' * 64}.png").status_code == 404
    assert client.get("/picture/../../secret.png", follow=True).status_code == 404


def test_a_caption_has_less_room_than_a_message(pictured, editor, now):
    message = cell(pictured, "telegram")
    rest = len("One in eight was born abroad\n\n\n\nTo stop these messages, send /stop.")
    message.body = f"<p>{'x' * (MOST_IN_CAPTION - rest)}</p>"
    assert problems(message) == []
    message.body = f"<p>{'x' * (MOST_IN_CAPTION - rest + 1)}</p>"
    assert "shorten it by 1, or leave the picture out" in problems(message)[0]
    message.picture = None
    pictures.draw(message)
    assert problems(message) == []


def test_an_edited_infographic_makes_the_cell_stale_and_leaves_what_was_approved(
    pictured, infographic, editor, approver, now
):
    before = cell(pictured, "telegram").picture_file
    services.submit(broadcast=pictured, user=editor, now=now)
    approve(pictured, approver, now)

    edit(infographic)

    assert matrix(pictured).cell("telegram", "en").state == CellState.STALE
    services.verify_approval(pictured)
    services.freeze_content(pictured)
    kept = cell(pictured, "telegram")
    assert build(kept).picture == kept.rendered["picture"] == before
    assert default_storage.exists(before)


def test_a_text_of_ones_own_stays_ones_own_when_its_picture_is_kept(story, infographic, editor, now):
    broadcast = services.create(title="One's own", user=editor, now=now)
    services.add_stories(broadcast=broadcast, pages=[story], user=editor, now=now)
    own = Message(broadcast=broadcast, channel="email", language="en", subject="Mine", body="<p>Mine.</p>")
    own.picture = infographic
    services.write(message=own, user=editor, now=now)
    edit(infographic)
    assert matrix(broadcast).cell("email", "en").state == CellState.STALE
    services.keep(message=own, user=editor, now=now)

    story.summary = "A summary that this text never had."
    story.save_revision().publish()

    assert matrix(broadcast).cell("email", "en").state == CellState.DRAFT


def test_saving_or_drawing_again_takes_the_picture_of_today_and_keeping_that_of_then(
    pictured, infographic, editor, now
):
    edit(infographic)
    message = cell(pictured, "email")
    before = message.picture_file
    services.keep(message=message, user=editor, now=now)
    assert matrix(pictured).cell("email", "en").state == CellState.DRAFT
    assert cell(pictured, "email").picture_file == before

    services.write(message=message, user=editor, now=now)

    assert cell(pictured, "email").picture_file != before


def test_another_picture_voids_the_approval(pictured, infographic, editor, approver, now):
    services.submit(broadcast=pictured, user=editor, now=now)
    approve(pictured, approver, now)
    Message.objects.filter(channel="telegram").update(picture_file="broadcasts/other.png")

    with pytest.raises(ApprovalVoid, match="text was changed"):
        services.verify_approval(pictured)


def test_an_infographic_that_is_taken_down_is_named_and_its_picture_stays(pictured, infographic):
    infographic.unpublish()

    assert "no longer published" in matrix(pictured).cell("email", "en").why
    assert problems(cell(pictured, "email")) == []


def test_a_picture_of_an_unpublished_infographic_is_refused(message, infographic):
    infographic.unpublish()
    text = message(picture=infographic)
    pictures.draw(text)

    assert problems(text) == ["The infographic of the picture is not published."]


def test_the_picture_of_a_private_infographic_is_not_drawn(message, infographic):
    make_private(infographic)
    text = message(picture=infographic)
    pictures.draw(text)

    assert text.picture_file == ""
    assert problems(text) == ["The infographic of the picture is not published."]


def test_a_picture_whose_infographic_became_private_is_not_sent(pictured, infographic, editor, approver, now):
    services.submit(broadcast=pictured, user=editor, now=now)
    approve(pictured, approver, now)
    make_private(infographic.get_parent())

    assert "no longer published" in matrix(pictured).cell("email", "en").why
    with pytest.raises(ApprovalVoid, match="The infographic of the picture is not published"):
        services.verify_approval(pictured)


def test_a_private_translation_of_an_infographic_gives_way_to_it_as_it_is(pictured, infographic, editor, now):
    english = cell(pictured, "email").picture_file
    private = translate(infographic, "fr", "Une personne sur huit est née ailleurs")
    french = cell(pictured, "email", "fr")
    services.write(message=french, user=editor, now=now)
    assert french.picture_file != english
    make_private(private)
    assert problems(french) == ["The infographic of the picture is not published."]

    services.write(message=french, user=editor, now=now)

    assert french.picture_file == english
    assert problems(french) == []


def test_a_picture_that_the_store_lost_is_refused_and_drawn_anew_on_saving(pictured, editor, now):
    message = cell(pictured, "telegram")
    default_storage.delete(message.picture_file)
    assert "save the text again" in problems(message)[0]

    services.write(message=message, user=editor, now=now)

    assert problems(message) == []


def test_a_deleted_infographic_leaves_the_picture_that_was_drawn(pictured, infographic):
    infographic.delete()

    assert build(cell(pictured, "telegram")).picture


def test_what_is_kept_for_sending_names_picture_and_buttons(message, infographic):
    text = message(
        "telegram",
        picture=infographic,
        button_label="Read",
        button_url="https://a.example/",
        more_buttons=[["Ask", "https://b.example/"]],
    )
    pictures.draw(text)
    built = fresh(text)
    text.links, text.rendered = list(built.links), frozen(built)

    assert build(text) == built
    assert [label for label, _address in built.buttons] == ["Read", "Ask"]
    assert built.picture_alt == infographic.text_summary


def test_a_test_on_telegram_brings_picture_and_buttons(pictured, editor, bot_api, now):
    TestChat.objects.create(user=editor, address_encrypted=encrypt("77"), bound_at=now)

    send_test(message=cell(pictured, "telegram"), user=editor, now=now)

    (sent,) = bot_api.sent
    content = default_storage.open(cell(pictured, "telegram").picture_file).read()
    assert sent["photo"] == "data:image/png;base64," + base64.b64encode(content).decode()
    assert sent["text"].startswith("[Test] <b>One in eight was born abroad</b>")
    assert [button["text"] for row in sent["keyboard"] for button in row] == ["Read the story"]
