import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.sandbox.telegram_html import SHOWN_AS, BadEntities, parse


@pytest.mark.parametrize(
    ("text", "plain", "html"),
    [
        ("<b>Rights</b> at <i>work</i>", "Rights at work", "<b>Rights</b> at <i>work</i>"),
        ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del>", "abcd", "<b>a</b><i>b</i><u>c</u><s>d</s>"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("&#233;&#xe9;&eacute;", "éé&eacute;", "éé&amp;eacute;"),
        ("<tg-spoiler>x</tg-spoiler>", "x", '<span class="spoiler">x</span>'),
        ("<B>x</B>", "x", "<b>x</b>"),
    ],
)
def test_telegrams_own_tags_are_read(text, plain, html):
    assert (parse(text).plain, parse(text).html) == (plain, html)


def test_link_opens_a_window_of_its_own():
    assert parse('<a href="https://example.org/?a=1&amp;b=2">x</a>').html == (
        '<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">x</a>'
    )


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//example.org", "", "java\tscript:x"])
def test_link_to_anything_but_the_web_leads_nowhere(address):
    assert parse(f'<a href="{address}">x</a>').html == "<a>x</a>"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("é<script>x</script>", 'Unsupported start tag "script" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", 'Unexpected end tag "b" at byte offset 1'),
        ("<b><i>x</b></i>", 'Unexpected end tag "b" at byte offset 7'),
        ("1 < 2", "Unsupported start tag at byte offset 2"),
        ('<span class="x">x</span>', 'Unsupported start tag "span" at byte offset 0'),
    ],
)
def test_other_markup_is_refused_as_telegram_does(text, said):
    with pytest.raises(BadEntities) as caught:
        parse(text)
    assert str(caught.value) == said


def test_length_is_counted_without_markup_in_utf_16_units():
    assert parse("<b>💚a</b>").length == 3


@given(st.text(alphabet="<>/&;#abi\"'= \n💚", max_size=40))
def test_nothing_that_was_not_understood_reaches_a_page(text):
    try:
        html = parse(text).html
    except BadEntities:
        return
    tags = re.findall(r"<[^>]*>", html)
    assert all(re.fullmatch(rf"</?({'|'.join(SHOWN_AS.values())})( [^<>]*)?>", tag) for tag in tags)
    assert "<" not in re.sub(r"<[^>]*>", "", html)
