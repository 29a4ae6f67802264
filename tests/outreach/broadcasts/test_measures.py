"""How long the parts of a text are, as readers see them."""

import pytest

from outreach.broadcasts.measures import measures, visible
from outreach.broadcasts.rendering import fresh, problems

pytestmark = pytest.mark.django_db


def shown(given) -> dict[str, tuple[int, int, bool]]:
    built = fresh(given) if not problems(given) else None
    return {measure.label: (measure.value, measure.most, measure.is_fine) for measure in measures(given, built)}


@pytest.mark.parametrize(
    ("length", "fine", "advice"),
    [(20, True, ""), (50, True, "Phones show about the first 35"), (61, False, "shorten it")],
)
def test_a_subject_has_room_for_sixty_characters(message, length, fine, advice):
    given = message(subject="x" * length)

    subject = measures(given, fresh(given))[0]
    assert (subject.value, subject.is_fine) == (length, fine)
    assert advice in subject.advice


@pytest.mark.parametrize(("length", "fine"), [(0, False), (39, False), (40, True), (100, True), (101, False)])
def test_a_preview_text_has_forty_to_a_hundred_characters(message, length, fine):
    assert shown(message(preview_text="x" * length))["Preview text, in characters"] == (length, 100, fine)


def test_marks_and_what_is_invisible_are_no_characters():
    assert visible(" Kréyòl e\u0301\u200b\u200f ") == 8
    assert visible("مُحَمَّد") == 4


def test_telegram_counts_what_it_sends(message):
    given = message("telegram", subject="12345", body="<p><b>123</b> &amp; 5</p>")
    rest = len("\n\n\n\nTo stop these messages, send /stop.")

    assert shown(given)["Message, in characters"] == (5 + 7 + rest, 4096, True)


def test_with_a_picture_there_is_room_for_a_caption_even_where_it_is_too_long(message):
    given = message("telegram", picture_file="broadcasts/x.png", body=f"<p>{'x' * 2000}</p>")

    value, most, fine = shown(given)["Caption of the picture, in characters"]
    assert value > 2000
    assert (most, fine) == (1024, False)


def test_a_mail_has_its_size(message):
    value, most, fine = shown(message())["Mail without its picture, in kB"]

    assert 5 < value < 20
    assert (most, fine) == (100, True)
    assert "Mail without its picture, in kB" not in shown(message(subject=""))


def test_the_size_of_a_mail_is_that_with_its_personal_links(message, settings):
    given = message(body="".join(f'<p><a href="https://a.example/{number}">x</a></p>' for number in range(100)))

    value = shown(given)["Mail without its picture, in kB"][0]
    settings.SITE_URL += "x" * 51
    assert shown(given)["Mail without its picture, in kB"][0] == value + 10
