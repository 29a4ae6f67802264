"""Text from a word processor: what a reader would have read stays, and nothing else."""

import pytest
from bs4 import BeautifulSoup

from outreach.broadcasts.characters import tidy_line
from outreach.broadcasts.rendering import build
from outreach.broadcasts.rendering.pasted import tidy

WORD = """<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {mso-style-parent:""; margin:0cm;} --></style>
<h1 class="MsoTitle">A heading<o:p></o:p></h1>
<p class="MsoNormal" style="mso-margin-top-alt:auto"><span lang="EN-GB"
 style="font-family:&quot;Calibri&quot;">Many&nbsp;peo\u00adple
 <b style="mso-bidi-font-weight:normal">moved</b>.<o:p>&nbsp;</o:p></span></p>
<p class="MsoListParagraphCxSpFirst" style="mso-list:l0 level1 lfo1"><![if !supportLists]><span
 style="font-family:Symbol"><span style="mso-list:Ignore">·<span
 style="font:7.0pt">&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>farms</p>
<p class="MsoListParagraphCxSpLast"><span style="mso-list:Ignore">\uf0b7<span>&nbsp;&nbsp;</span></span
>shops <i>and homes</i></p>
<div>A block<br clear="all"></div><table><tr><td>one</td><td>two</td></tr></table>
<ol><li>first</li></ol>"""


@pytest.mark.django_db
def test_a_text_from_word_becomes_paragraphs_and_a_list(message):
    text = build(message("telegram", subject="Subject", body=WORD)).text

    assert text == (
        "<b>Subject</b>\n\n<b>A heading</b>\n\nMany\u00a0people <b>moved</b>.\n\n• farms\n• shops <i>and homes</i>\n\n"
        "A block\n\none\n\ntwo\n\n• first\n\n<i>To stop these messages, send /stop.</i>"
    )


@pytest.mark.django_db
def test_nothing_of_word_is_left_in_a_mail(message):
    html = build(message(body=WORD)).html

    page = BeautifulSoup(html, "html.parser")
    for left in ("Mso", "mso-list", "WordDocument", "Calibri", "lfo1", "Symbol", "supportLists"):
        assert left not in html, left
    assert [item.get_text() for item in page.find_all("li")] == ["farms", "shops and homes", "first"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "between",
    [
        "<!--[if gte mso 9]><xml><o:p>x</o:p></xml><![endif]-->",
        '<!--[if gte vml 1]><v:shape id="i"></v:shape><![endif]--><![if !vml]><img src="file:///c:/a.png"><![endif]>',
        "<!--[if !mso]><!--><b></b><!--<![endif]-->",
    ],
)
@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_what_only_word_reads_takes_no_text_along_and_is_not_shown(message, channel, between):
    body = f'<p class="MsoNormal">One.{between}</p><p>Two.</p><!--EndFragment--><p>Three.</p>'

    text = build(message(channel, body=body)).text

    assert "One.\n\nTwo.\n\nThree.\n\n" in text
    assert not [left for left in ("mso", "vml", "endif", "<!") if left in text]


def test_what_the_studios_own_editor_wrote_is_left_as_it_is():
    written = '<p data-block-key="a1">Many <b>people</b></p><ul><li>one</li></ul><p>5 · 3</p>'

    assert tidy(written) == written


def test_a_single_line_loses_breaks_and_what_is_invisible_and_keeps_joiners():
    assert tidy_line(" One\u00a0in\x0beight\ufeff was\u00ad\r\n born\t \u200babroad ") == "One in eight was born abroad"
    assert tidy_line("می\u200cخواهم 👩\u200d🌾") == "می\u200cخواهم 👩\u200d🌾"
