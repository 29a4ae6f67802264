"""Lines of a mail stay below what SMTP takes, and a reader sees no difference."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from outreach.broadcasts.refusals import UnfitMessage
from outreach.broadcasts.rendering import build
from outreach.broadcasts.rendering.folding import ADDRESS, LONGEST, folded_html, folded_text
from outreach.channels.built import PLACEHOLDER, LinkAddresses, personalise


def longest(text: str) -> int:
    return max(len(line.encode()) for line in text.split("\n"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", ["Many people moved. ", "Kreyòl ayisyen, kwéyòl é fransé. ", "حقوق العمال المهاجرين. "]
)
def test_no_line_of_a_mail_is_longer_than_nine_hundred_bytes_even_with_personal_links(message, words):
    body = f"<p>{words * 200}</p>" + "".join(f'<p><a href="https://a.example/{n}">{words}</a></p>' for n in range(30))
    built = build(message(body=body, button_label="Read", button_url="https://a.example/"))
    address = "https://site.example/r/" + "x" * (ADDRESS - 23)

    copy = personalise(
        built, LinkAddresses(clicks=[address] * len(built.links), unsubscribe=address, open_pixel=address)
    )

    assert longest(copy.html) <= LONGEST == 900
    assert longest(copy.text) <= LONGEST
    said = " ".join(BeautifulSoup(copy.html, "html.parser").get_text(" ").split())
    assert " ".join(words.split()) in said


@pytest.mark.django_db
def test_a_word_that_fits_into_no_line_is_refused_with_what_to_do(message):
    with pytest.raises(UnfitMessage, match="put spaces into it"):
        build(message(body=f"<p>{'x' * 1000}</p>"))


def test_a_break_comes_only_where_there_was_white_space_or_before_the_end_of_a_tag():
    html = "<p>" + "<b>a</b><i>b</i>" * 100 + "</p>"

    folded = folded_html(html)

    assert longest(folded) <= LONGEST
    assert re.sub(r"\n(?=>)", "", folded) == html
    assert BeautifulSoup(folded, "html.parser").get_text() == "ab" * 100


def test_a_placeholder_counts_as_the_address_that_will_stand_there():
    html = "<p>" + f'<a href="{PLACEHOLDER}1">x</a> ' * 10 + "</p>"

    filled = folded_html(html).replace(f"{PLACEHOLDER}1", "y" * ADDRESS)

    assert longest(filled) <= LONGEST


def test_short_lines_of_a_text_stay_and_comments_stay_whole():
    assert folded_text("one\n\n  two  three\n") == "one\n\n  two  three"
    comment = "<!--[if mso | IE]>" + "<td style='a b'>" * 20 + "<![endif]-->"
    assert comment in folded_html(f"<p>{'word ' * 200}</p>{comment}<p>{'word ' * 200}</p>")


@example_settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(["word", " ", "<b>", "</b>", '<a href="x" title="a b">', "</a>", "é" * 30, "<"]), max_size=400
    )
)
def test_folding_changes_nothing_but_white_space(pieces):
    html = "".join(pieces)

    folded = folded_html(html)

    assert re.sub(r"\s", "", folded) == re.sub(r"\s", "", html)
    one_line = re.sub(r"\n(?=>)", "", folded).replace("\n", " ")
    assert re.sub(r" +", " ", one_line).strip() == re.sub(r" +", " ", html).strip()
