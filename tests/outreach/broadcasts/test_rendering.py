"""What a message becomes on its channel, and what it never becomes."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from outreach.broadcasts.models import Message
from outreach.broadcasts.refusals import UnfitMessage
from outreach.broadcasts.rendering import build, frozen, problems
from outreach.broadcasts.rendering.email import MOST_BYTES, personal_size
from outreach.broadcasts.rendering.telegram import MOST_CHARACTERS, characters
from outreach.channels.built import PLACEHOLDER, Built, LinkAddresses, personalise

pytestmark = pytest.mark.django_db

HOSTILE = (
    "<script>alert(1)</script><p onclick='x()'>Hello <img src=x onerror=alert(1)><b>you</b></p>"
    "<mj-raw><iframe src='https://bad.example'></iframe></mj-raw><style>*{display:none}</style>"
    "<p>&lt;b&gt; &amp; done</p></mj-text></mjml>"
)


def addresses(built: Built, *, open_pixel: str = "") -> LinkAddresses:
    clicks = [f"https://site.example/r/token-{number}?a=1&b=2" for number, _target in enumerate(built.links, 1)]
    return LinkAddresses(
        clicks=clicks,
        unsubscribe="https://site.example/u/token",
        view="https://site.example/en/messages/token/",
        open_pixel=open_pixel,
    )


def with_links(message) -> Message:
    return message(
        body='<p>See <a href="https://a.example/?x=1&amp;y=2">this</a> and <a href="https://b.example/">that</a>, '
        '<a href="https://a.example/?x=1&amp;y=2">again</a>.</p>',
        button_label="Read the story",
        button_url="https://site.example/story/",
    )


def test_every_link_of_an_email_is_a_numbered_placeholder_and_the_same_target_has_one_number(message):
    built = build(with_links(message))

    assert built.links == ("https://a.example/?x=1&y=2", "https://b.example/", "https://site.example/story/")
    hrefs = {str(anchor["href"]) for anchor in BeautifulSoup(built.html, "html.parser").find_all("a")}
    assert hrefs == {PLACEHOLDER + name for name in ("1", "2", "3", "unsubscribe", "view", "trap")}


def test_the_link_that_nobody_sees_is_hidden_from_everybody_and_left_out_where_it_has_no_address(message):
    built = build(with_links(message))
    hidden = BeautifulSoup(built.html, "html.parser").find("a", href=f"{PLACEHOLDER}trap")

    assert (hidden["aria-hidden"], hidden["tabindex"], hidden["style"]) == ("true", "-1", "display:none")
    assert not hidden.get_text()
    assert "trap" not in built.text
    trapped = addresses(built)._replace(trap="https://site.example/r/token/0")
    assert 'href="https://site.example/r/token/0"' in personalise(built, trapped).html
    assert "aria-hidden" not in personalise(built, addresses(built)).html


@pytest.mark.parametrize("channel", ["email", "telegram"])
@pytest.mark.parametrize("open_pixel", ["", "https://site.example/o/token"])
def test_no_placeholder_is_left_in_a_personal_copy(message, channel, open_pixel):
    built = build(_on(with_links(message), channel))

    copy = personalise(built, addresses(built, open_pixel=open_pixel))

    button = " ".join(address for _label, address in copy.buttons)
    assert PLACEHOLDER not in copy.html + copy.text + copy.subject + button
    assert "link.invalid" not in copy.html + copy.text + button


def _on(message: Message, channel: str) -> Message:
    message.channel = channel
    return message


def test_addresses_are_escaped_in_html_and_plain_in_text(message):
    built = build(with_links(message))

    copy = personalise(built, addresses(built))

    assert 'href="https://site.example/r/token-1?a=1&amp;b=2"' in copy.html
    assert "<https://site.example/r/token-1?a=1&b=2>" in copy.text


def test_the_open_pixel_is_there_only_with_an_address(message):
    built = build(message())

    assert "<img" not in personalise(built, addresses(built)).html
    with_pixel = personalise(built, addresses(built, open_pixel="https://site.example/o/token")).html
    assert '<img src="https://site.example/o/token"' in with_pixel


def test_a_copy_needs_an_address_for_each_link(message):
    with pytest.raises(ValueError, match="3 links"):
        personalise(
            build(with_links(message)),
            LinkAddresses(clicks=["https://a.example"], unsubscribe="https://u", view="https://v"),
        )


def test_ten_links_are_not_taken_for_the_first_one(message):
    body = "".join(f'<p><a href="https://a.example/{number}">x</a></p>' for number in range(1, 13))

    built = build(message(body=body))
    copy = personalise(built, addresses(built))

    assert "token-12?" in copy.html
    assert len(re.findall(r"token-1\?", copy.html)) == 1


def test_the_text_part_says_the_same_with_its_addresses(message):
    text = build(with_links(message)).text

    assert "One in eight" in text
    assert f"See this <{PLACEHOLDER}1> and that <{PLACEHOLDER}2>" in text
    assert f"Read the story <{PLACEHOLDER}3>" in text
    assert f"Leave in one step <{PLACEHOLDER}unsubscribe>" in text
    assert not re.search(r"</?(p|a|b|li|div)\b", text)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("<p>https://a.example/table?year=2024&amp;region=dm</p>", "https://a.example/table?year=2024&region=dm"),
        ("<p>Pay in https://a.example/?a=1&amp;currency=XCD</p>", "Pay in https://a.example/?a=1&currency=XCD"),
        ("<p>Write &amp;lt; for &lt;, or &amp;amp;.</p>", "Write &lt; for <, or &amp;."),
        ('<p><a href="https://a.example/">Fish &amp;copy chips</a></p>', f"Fish &copy chips <{PLACEHOLDER}1>"),
    ],
)
def test_what_looks_like_an_entity_is_read_alike_in_both_parts(message, body, read):
    built = build(message(body=body))

    assert read.split(" <http")[0] in BeautifulSoup(built.html, "html.parser").get_text(" ")
    assert read in built.text


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("Read the table<br/>of <b>parishes</b>", f"Read the table\nof parishes <{PLACEHOLDER}1>"),
        ("<p>Read the table</p><p>of parishes</p>", f"Read the table\n\nof parishes\n\n<{PLACEHOLDER}1>"),
    ],
)
def test_a_break_inside_a_link_keeps_its_words_apart_in_the_text_part(message, words, read):
    built = build(message(body=f'<p>See:</p><a href="https://a.example/">{words}</a>'))

    assert f"\n\n{read}\n" in built.text


def test_a_subject_and_a_button_keep_what_looks_like_an_entity(message):
    built = build(message(subject="Prices: A&copy B", button_label="Go &reg", button_url="https://a.example/"))

    assert "Prices: A&copy B" in built.text
    assert f"Go &reg <{PLACEHOLDER}1>" in built.text


def test_an_email_carries_its_language_and_preview_text_and_no_outside_font(message):
    html = build(message(language="fr")).html

    page = BeautifulSoup(html, "html.parser")
    assert page.html["lang"] == "fr"
    assert page.html["dir"] == "ltr"
    assert "The first number" in page.body.find("div").get_text()
    assert "prefers-color-scheme: dark" in html
    assert "fonts.googleapis.com" not in html


def test_an_email_survives_programs_that_take_the_style_sheet_out(message):
    page = BeautifulSoup(build(with_links(message)).html, "html.parser")
    for sheet in page.find_all("style"):
        sheet.extract()

    text = page.find(class_="text")
    assert all(tag.get("style") for tag in text.find_all(["p", "a", "ul", "li"]))
    button = page.find(class_="button")
    assert "background:#0a5a78" in button.a["style"]
    # Outlook on Windows knows neither padding nor rounded corners of a link.
    assert button.find("td", attrs={"bgcolor": "#0a5a78"})
    assert "max-width:600px" in str(page.find(class_="sheet")["style"])


def test_an_email_is_ready_for_dark_mode(message):
    html = build(message()).html

    page = BeautifulSoup(html, "html.parser")
    assert page.find("meta", attrs={"name": "color-scheme"})["content"] == "light dark"
    assert page.find("meta", attrs={"name": "supported-color-schemes"})["content"] == "light dark"
    # Outlook's own way to say that it darkened a page.
    assert "[data-ogsc]" in html


def test_nothing_of_the_body_follows_the_preview_text_in_a_list_of_mails(message):
    hidden = BeautifulSoup(build(message(preview_text="First words")).html, "html.parser").body.find("div")

    assert "display:none" in hidden["style"]
    words, padding = hidden.get_text().split("First words")
    assert words.strip() == ""
    assert len(padding) > 200
    assert not re.sub(r"[\s\u034f\u200c\u00a0]", "", padding)


def test_why_a_mail_comes_and_how_to_leave_stand_in_one_line_in_the_readers_language(message):
    page = BeautifulSoup(build(message(language="fr")).html, "html.parser")

    (line,) = [tag for tag in page.find_all("p") if tag.find("a", href=f"{PLACEHOLDER}unsubscribe")]
    assert "Vous" in line.get_text()


def test_more_buttons_stand_below_the_main_one_and_three_are_the_most(message):
    more = [["Ask", "https://b.example/"], ["Join", "https://c.example/"]]
    fields = {"button_label": "Read", "button_url": "https://a.example/", "more_buttons": more}

    built = build(message("telegram", **fields))
    assert built.buttons == (("Read", f"{PLACEHOLDER}1"), ("Ask", f"{PLACEHOLDER}2"), ("Join", f"{PLACEHOLDER}3"))
    copy = personalise(built, addresses(built))
    assert [address for _label, address in copy.buttons] == list(addresses(built).clicks)
    mail = BeautifulSoup(build(message(**fields)).html, "html.parser")
    assert [button.get_text(strip=True) for button in mail.find_all(class_="button")] == ["Read", "Ask", "Join"]
    fields["more_buttons"] = [*more, ["Too many", "https://d.example/"]]
    assert problems(message("telegram", **fields)) == ["At most 3 buttons fit below a message."]
    fields["more_buttons"] = [["Ask", ""]]
    assert problems(message("telegram", **fields)) == ["A button needs both a label and an address."]


def test_a_language_that_is_written_from_right_to_left_is_laid_out_so(message, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]

    html = build(message(language="ar", subject="حقوق العمال", body="<p>مرحبا</p>")).html

    page = BeautifulSoup(html, "html.parser")
    assert page.html["dir"] == "rtl"
    assert "direction:ltr" not in html
    assert "direction:rtl" in html
    assert "حقوق العمال" in page.h1


@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_a_hostile_text_becomes_words_only(message, channel):
    built = build(message(channel=channel, body=HOSTILE, subject="<script>alert(2)</script>"))

    page = BeautifulSoup(built.html or built.text, "html.parser")
    assert not page.find_all(["script", "iframe", "form", "object"])
    assert [image for image in page.find_all("img") if not str(image["src"]).startswith(PLACEHOLDER)] == []
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert "alert(2)" in page.get_text()
    assert "<b> & done" in page.get_text()


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "mailto:ana@example.org",
        "file:///etc/passwd",
        "ftp://files.example/",
        "/stories/",
        "#top",
        "//evil.example/",
        "https://",
        "https://link.invalid/unsubscribe",
        "https://user@site.example/",
        "",
    ],
)
@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_a_link_that_is_no_web_address_is_refused_with_a_reason(message, channel, target):
    with pytest.raises(UnfitMessage) as refusal:
        build(message(channel=channel, body=f'<p><a href="{target}">here</a></p>'))

    assert "is not a link that can be sent" in str(refusal.value)


def test_a_button_is_held_to_the_same_rule(message):
    assert problems(message(button_label="Go", button_url="javascript:alert(1)")) == [
        "“javascript:alert(1)” is not a link that can be sent: it must be a whole web address, "
        "like https://example.org/page."
    ]
    assert problems(message(button_label="Go")) == ["A button needs both a label and an address."]
    assert problems(message(button_url="https://a.example/")) == ["A button needs both a label and an address."]


def test_a_link_to_a_page_of_the_site_leads_to_its_translation(message, story, french):
    body = f'<p><a linktype="page" id="{story.pk}">story</a></p>'

    assert build(message(body=body)).links == ("http://testserver/en/stories/one-in-eight/",)
    assert build(message(body=body, language="fr")).links == ("http://testserver/fr/stories/one-in-eight/",)
    assert build(message(body=body, language="es")).links == ("http://testserver/en/stories/one-in-eight/",)


def test_a_link_to_a_page_that_was_taken_down_is_refused(message, story):
    story.unpublish()

    for number in (story.pk, 999_999, "x", "9" * 5000):
        assert problems(message(body=f'<p><a linktype="page" id="{number}">x</a></p>')) == [
            "A link leads to a page that is not published."
        ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"subject": "  "}, "The subject is empty."),
        ({"body": ""}, "The text is empty."),
        ({"body": "<p>&nbsp; <br/></p>"}, "The text is empty."),
        ({"body": f"<p>{PLACEHOLDER}unsubscribe</p>"}, "is kept for the links"),
        ({"subject": f"{PLACEHOLDER}1"}, "is kept for the links"),
    ],
)
@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_what_no_channel_can_send_is_named(message, channel, fields, reason):
    assert [problem for problem in problems(message(channel=channel, **fields)) if reason in problem]


def test_all_reasons_are_given_at_once(message):
    assert len(problems(message(subject="", body='<p><a href="ftp://x.example/"></a></p>'))) == 3


def test_an_email_above_a_hundred_kilobytes_is_refused(message):
    assert problems(message(body="<p>word </p>" * 2000)) == []
    assert "at most 100 kB" in problems(message(body="<p>word word word </p>" * 5000))[0]


def many_links(message, count: int) -> Message:
    line = '<p><a href="https://a.example/parish/{0}/table">Parish {0}</a> has a table of its own, with a source.</p>'
    return message(body="".join(line.format(number) for number in range(count)))


def test_an_email_that_its_personal_links_make_too_large_is_refused(message, settings):
    settings.SITE_URL = "https://campaign.example.org"
    token = "x" * 31

    built = build(many_links(message, 250))
    copy = personalise(
        built,
        LinkAddresses(
            clicks=[f"{settings.SITE_URL}/r/{token}/{number}" for number in range(1, 251)],
            unsubscribe=f"{settings.SITE_URL}/u/{token}",
            view=f"{settings.SITE_URL}/en/messages/{token}/",
            open_pixel=f"{settings.SITE_URL}/o/{token}",
            trap=f"{settings.SITE_URL}/r/{token}/0",
        ),
    )

    sent = len(copy.html.encode()) + len(copy.text.encode())
    assert sent <= personal_size(built) <= sent * 1.1 < MOST_BYTES
    assert "at most 100 kB" in problems(many_links(message, 330))[0]


def test_telegram_gets_its_own_subset_of_html(message):
    body = (
        "<p>Many <strong>people</strong> <em>moved</em> &amp; stayed.</p><ul><li>farms</li><li>shops"
        '<ul><li>big</li></ul></li></ul><p>One<br/>two <a href="https://a.example/">three</a></p>'
    )

    built = build(message("telegram", subject="1 < 2", body=body, button_label="Read", button_url="https://b.example/"))

    assert built.text == (
        "<b>1 &lt; 2</b>\n\nMany <b>people</b> <i>moved</i> &amp; stayed.\n\n• farms\n• shops\n   • big\n\n"
        f'One\ntwo <a href="{PLACEHOLDER}1">three</a>\n\n<i>To stop these messages, send /stop.</i>'
    )
    assert built.html == ""
    assert built.buttons == (("Read", f"{PLACEHOLDER}2"),)


def test_telegram_counts_as_its_clients_do(message):
    rest = characters(build(message("telegram", body="<p>x</p>")).text) - 1
    room = MOST_CHARACTERS - rest

    assert problems(message("telegram", body=f"<p>{'&amp;' * room}</p>")) == []
    assert "shorten it by 1." in problems(message("telegram", body=f"<p>{'x' * (room + 1)}</p>"))[0]
    assert problems(message("telegram", body=f"<p>{'🌴' * (room // 2)}</p>")) == []
    assert "shorten it by" in problems(message("telegram", body=f"<p>{'🌴' * (room // 2 + 1)}</p>"))[0]


def test_every_email_offers_its_public_page_in_both_parts_and_counts_no_click_for_it(message):
    built = build(message())

    assert built.links == ()
    assert built.html.count(f'href="{PLACEHOLDER}view"') == 1
    assert f"View in browser <{PLACEHOLDER}view>" in built.text


def test_what_was_kept_when_sending_began_stays_although_the_story_moves(draft, story):
    kept = draft.messages.get(channel="email", language="en")
    before = build(kept)
    kept.links, kept.rendered = list(before.links), frozen(before)
    kept.save()
    story.slug = "moved"
    story.save_revision().publish()

    assert build(type(kept).objects.get(pk=kept.pk)) == before


def test_the_same_message_is_built_the_same(draft):
    for message in draft.messages.all():
        assert build(message) == build(message)


@example_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    subject=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip),
    body=st.text(st.sampled_from(list("<>/&;\"'= abpiul{}%#x\n")), max_size=80),
)
@pytest.mark.parametrize("channel", ["email", "telegram"])
def test_any_text_is_built_or_refused_with_a_reason_and_leaves_no_foreign_tag(message, channel, subject, body):
    try:
        built = build(message(channel=channel, subject=subject[:150], body=body))
    except UnfitMessage:
        return
    copy = personalise(built, addresses(built))
    tags = {tag.name for tag in BeautifulSoup(copy.text if channel == "telegram" else "", "html.parser").find_all(True)}
    assert tags <= {"b", "i", "a"}
    assert PLACEHOLDER not in copy.html + copy.text


def test_a_text_of_which_no_mail_can_be_built_is_named_and_breaks_no_page(message, monkeypatch):
    def unable(*_given, **_options):
        raise OSError("unable to parse next template")

    monkeypatch.setattr("outreach.broadcasts.rendering.email.mrml.to_html", unable)

    assert problems(message()) == ["No e-mail can be built from this text: write it again."]
