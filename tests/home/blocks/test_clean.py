import json
import re
import unicodedata

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.admin.rich_text import get_rich_text_editor_widget

from home.blocks.clean import clean
from home.blocks.editor import TidyRichTextArea
from home.demo.content import Content
from home.models import StandardPage, StoryPage

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {mso-style-name:x}</style>
</head>
<body><!--StartFragment--><h1 style="mso-margin-top-alt:0">Work permits</h1>
<p class=MsoNormal style="margin:0"><span lang=EN-GB style="font-family:Calibri;mso-bidi-font-family:Arial">A permit
names <b style="mso-bidi-font-weight:normal">one employer</b>.<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst><span style="font-family:Symbol">·<span>&nbsp;&nbsp;&nbsp; </span></span>Keep
a copy</p><p class=MsoListParagraphCxSpLast><span>·<span>&nbsp;&nbsp; </span></span>Ask for a <a
href="https://example.org/receipt">receipt</a></p>
<p class=MsoNormal>1.<span>&nbsp;&nbsp;&nbsp; </span>Write</p><p class=MsoNormal>2.<span>&nbsp;&nbsp; </span>Sign</p>
<h4>In <st1:place w:st="on">Roseau</st1:place></h4>
<table class=MsoTableGrid><tr><td><p>Office</p></td><td><p>Open</p></td></tr></table><!--EndFragment--></body></html>"""


def letters(html: str) -> list[str]:
    """The words of a text, without the signs of lists and what nobody sees."""
    soup = BeautifulSoup(html, "html.parser")
    text = " ".join(s for s in soup.find_all(string=True) if type(s).__name__ == "NavigableString")
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"[\u200b\ufeff\u2060\u00ad]", "", text))


def test_text_from_word_comes_out_as_the_site_writes_it():
    cleaned = clean(WORD)
    assert not re.search(r"mso|Mso|style|class|<o:|st1|font|<!--|\u00a0|<table|<span", cleaned)
    assert "<h2>Work permits</h2>" in cleaned
    assert "<b>one employer</b>." in cleaned
    assert re.sub(r"\s+", " ", re.search(r"<ul>.*?</ul>", cleaned, re.S)[0]) == (
        '<ul><li>Keep a copy</li><li>Ask for a <a href="https://example.org/receipt">receipt</a></li></ul>'
    )
    assert "<ol><li>Write</li><li>Sign</li></ol>" in cleaned
    assert "<h3>In Roseau</h3>" in cleaned
    assert "<p>Office</p>" in cleaned
    assert "<p></p>" not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "<p>Rien\u00a0: tout est dit\u00a0!</p>",
        '<p data-block-key="a1b2c">R&amp;D <b>bold</b> <a linktype="page" id="3">page</a><br/>next</p>',
        "<p>- a remark with a dash</p><p>o yes</p>",
        "<p>1. January was dry</p>",
        "<p>2.\u00a0\u00a0Second only</p>".replace("\u00a0\u00a0", "\u00a0"),
        "<ul><li>One</li><li>Two</li></ul>",
        "<p>عربي\u200fنص\u200c</p>",
        "",
    ],
)
def test_text_that_needs_nothing_comes_back_letter_for_letter(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    ("pasted", "cleaned"),
    [
        ("<p>one\u00a0\u00a0\u00a0two</p>", "<p>one two</p>"),
        ("<p>one \u00a0two</p>", "<p>one two</p>"),
        ("<p>a</p><p>\u00a0</p><p> </p><p></p><p>b</p>", "<p>a</p><p>b</p>"),
        ("<h5>Deep</h5>", "<h3>Deep</h3>"),
        ("<p>zero\u200bwidth\ufeff</p>", "<p>zerowidth</p>"),
        ("<p>•\tOne</p><p>•\tTwo</p><p>After</p>", "<ul><li>One</li><li>Two</li></ul><p>After</p>"),
        ("<p>-\u00a0\u00a0 One</p>", "<ul><li>One</li></ul>"),
        ("<p>o\u00a0\u00a0 One</p>", "<ul><li>One</li></ul>"),
        ("<p>\uf0b7 One</p>", "<ul><li>One</li></ul>"),
        ("<p><b>·\u00a0\u00a0</b><b>One</b></p>", "<ul><li><b>One</b></li></ul>"),
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ("<ul><li>\u00a0</li></ul><p>a</p>", "<p>a</p>"),
    ],
)
def test_what_word_leaves_behind_is_cleaned(pasted, cleaned):
    assert clean(pasted) == cleaned


def test_nothing_of_the_demo_changes(db):
    found = []

    def walk(value):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if key in ("html", "meaning"):
                found.append(inner)
            elif isinstance(inner, dict | list):
                walk(inner)

    walk(Content().entries)
    assert len(found) > 20
    assert [text for text in found if clean(text) != text] == []


OPENED = ["p", "b", "h1", "h4", "ul", "li", "td", "tr", "table", "div", "o:p", "span", "br"]
TAGS = [*OPENED, *(f"/{tag}" for tag in OPENED)]
SPACES = ["\u00a0", "\u00a0\u00a0", " ", "\u200b"]
SIGNS = ["·\u00a0\u00a0", "1.\u00a0\u00a0", "2.\t", "-\u00a0 ", "o\u00a0\u00a0 ", *SPACES]
OTHER = ["<!-- x -->", "&amp;", '<a href="https://example.org/">', "</a>", '<p style="x">']
PIECES = st.sampled_from([*(f"<{tag}>" for tag in TAGS), *SIGNS, *OTHER])
WORDS = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=2, max_size=8).filter(
    lambda word: unicodedata.normalize("NFC", word) == word
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(PIECES, WORDS.map(lambda word: f" {word} ")), max_size=25).map("".join))
def test_no_word_is_lost_and_cleaning_again_changes_nothing(html):
    cleaned = clean(html)
    assert letters(cleaned) == letters(html)
    assert clean(cleaned) == cleaned


# Wherever on a page it stands


def test_every_rich_text_of_a_page_is_clean_once_it_is_saved(story: StoryPage):
    story.body = [
        {"type": "text", "value": "<p>one\u00a0\u00a0two</p><p>\u00a0</p>", "id": "a"},
        {"type": "callout", "value": "<p>•\u00a0 One</p>", "id": "b"},
        {"type": "video", "value": {"title": "t", "summary": "<h1>three\u00a0\u00a0 four</h1>"}, "id": "c"},
    ]
    story.save_revision()
    saved = StoryPage.objects.get(pk=story.pk).get_latest_revision_as_object().body
    assert saved[0].value.source == "<p>one two</p>"
    assert saved[1].value.source == "<ul><li>One</li></ul>"
    assert saved[2].value["summary"].source == "<h2>three four</h2>"


def test_rich_text_of_a_field_is_clean_once_it_is_saved(site: object):
    page = StandardPage.objects.get(locale__language_code="en", slug="about")
    page.body = "<p>one\u00a0\u00a0two</p><p></p>"
    page.save()
    assert StandardPage.objects.get(pk=page.pk).body == "<p>one two</p>"


def content_state(*paragraphs: tuple[str, str]) -> str:
    blocks = [
        {"key": f"k{number}", "type": kind, "depth": 0, "text": text, "inlineStyleRanges": [], "entityRanges": []}
        for number, (kind, text) in enumerate(paragraphs)
    ]
    return json.dumps({"blocks": blocks, "entityMap": {}})


def test_paragraphs_of_kinds_that_the_site_lacks_keep_their_words():
    area = StandardPage.body.field.formfield().widget
    assert isinstance(area, TidyRichTextArea)
    kinds = ["header-one", "header-two", "header-five", "blockquote", "code-block", "unordered-list-item", "unstyled"]
    html = area.value_from_datadict({"body": content_state(*((kind, kind) for kind in kinds))}, {}, "body")
    assert re.sub(' data-block-key="[^"]*"', "", html) == (
        "<h2>header-one</h2><h2>header-two</h2><h3>header-five</h3><p>blockquote</p><p>code-block</p>"
        "<ul><li>unordered-list-item</li></ul><p>unstyled</p>"
    )


def test_text_without_headings_turns_them_into_paragraphs():
    area = get_rich_text_editor_widget(features=["bold"])
    given = content_state(("header-two", "Words"), ("ordered-list-item", "More"))
    html = area.value_from_datadict({"x": given}, {}, "x")
    assert re.sub(' data-block-key="[^"]*"', "", html) == "<p>Words</p><p>More</p>"


def test_text_from_word_posted_in_the_editor_is_saved_clean(admin_client: Client, site: object):
    page = StandardPage.objects.get(locale__language_code="en", slug="about")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    pasted = content_state(
        ("header-one", "Permits"), ("unstyled", "\u00a0"), ("unstyled", "·\u00a0\u00a0 Keep a\u00a0\u00a0copy")
    )
    posted = {
        "title": "About",
        "slug": "about",
        "summary": "Who writes.",
        "body": pasted,
        "comments-TOTAL_FORMS": 0,
        "join-count": 0,
    }
    assert admin_client.post(address, {**posted, "comments-INITIAL_FORMS": 0}).status_code == 302
    body = StandardPage.objects.get(pk=page.pk).get_latest_revision_as_object().body
    assert re.sub(' data-block-key="[^"]*"', "", body) == "<h2>Permits</h2><ul><li>Keep a copy</li></ul>"
