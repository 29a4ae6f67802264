"""Hints about what filters doubt: each rule sees what it is for, adds its weight, and never stops a message."""

import pytest

from outreach.broadcasts.hints import RULES, hints, phrases, score, verdict
from outreach.broadcasts.rendering import fresh, problems
from outreach.broadcasts.rendering.email import MOST_BYTES

pytestmark = pytest.mark.django_db

LONG_ENOUGH = "Many people moved to Dominica, and they work on farms, in shops and in homes. "


def text(message, channel: str = "email", body: str = f"<p>{LONG_ENOUGH}</p>", **fields):
    return message(channel, body=body, **fields)


def said(given) -> list[str]:
    return [hint.text for hint in hints(given, fresh(given) if not problems(given) else None)]


def test_a_plain_text_has_no_hints(message):
    given = text(message, button_label="Read", button_url="https://a.example/")

    assert said(given) == []
    assert score(hints(given, fresh(given))) == 0


@pytest.mark.parametrize(
    ("fields", "hint", "weight"),
    [
        ({"subject": "ONE IN EIGHT WAS BORN ABROAD"}, "The subject is written in capitals.", 1.5),
        ({"subject": "One in eight!!"}, "Many exclamation marks.", 1.0),
        ({"subject": "Re: One in eight"}, "The subject begins like an answer, and it is none.", 2.0),
        ({"preview_text": ""}, "There is no preview text.", 0.5),
        ({"subject": "Dear [Name]"}, "This may be a placeholder of another program: “[Name]”", 2.0),
        ({"preview_text": "For %First Name%"}, "This may be a placeholder of another program: “%First Name%”", 2.0),
        (
            {"body": f"<p>&lt;&lt;Prénom&gt;&gt;, {LONG_ENOUGH}</p>"},
            "This may be a placeholder of another program: “<<Prénom>>”",
            2.0,
        ),
        ({"body": "<p>Read it.</p>"}, "The text is very short.", 1.0),
        (
            {"body": f'<p>{LONG_ENOUGH}<a href="https://other.example/">www.bank.example</a></p>'},
            "The words of a link show another address than the one it leads to: “www.bank.example”",
            3.0,
        ),
        (
            {"body": f'<p>{LONG_ENOUGH}<a href="https://bit.ly/x">the report</a></p>'},
            "An address of a shortening service hides where it leads: “bit.ly”",
            2.0,
        ),
        (
            {"button_label": "Read", "button_url": "http://a.example/"},
            "A link without https: “http://a.example/”",
            1.0,
        ),
        (
            {"body": f"<p>{LONG_ENOUGH}Click here, act  now.</p>"},
            "Phrases that junk mail uses: “act now”, “click here”",
            1.0,
        ),
        (
            {"body": f"<p>{LONG_ENOUGH}Cliquez ici.</p>", "language": "fr"},
            "Phrases that junk mail uses: “cliquez ici”",
            0.5,
        ),
        (
            {
                "body": f"<p>{LONG_ENOUGH}"
                + "".join(f'<a href="https://a.example/{n}">x</a>' for n in range(25))
                + "</p>"
            },
            "Very many links.",
            0.5,
        ),
        ({"body": f"<p>{LONG_ENOUGH * 480}</p>"}, "The mail is large.", 1.0),
    ],
)
def test_each_rule_sees_what_it_is_for_and_stops_nothing(message, fields, hint, weight):
    given = text(message, **fields)

    (found,) = hints(given, fresh(given))
    assert (found.text, found.weight) == (hint, weight)
    assert found.advice
    assert problems(given) == []


def test_a_picture_with_hardly_any_text_is_seen(message):
    given = text(message, picture_file="broadcasts/x.png")

    assert "A picture with hardly any text." in said(given)
    given.body = f"<p>{LONG_ENOUGH * 2}</p>"
    assert said(given) == []


def test_a_link_whose_words_are_its_own_address_is_honest(message):
    for words in ("www.a.example", "a.example", "https://a.example/page", "the report", "example"):
        body = f'<p>{LONG_ENOUGH}<a href="https://www.a.example/page">{words}</a></p>'
        assert said(text(message, body=body)) == [], words


@pytest.mark.parametrize(
    "words", ["rapport-2025.pdf", "formulaire.docx", "Mme.Joseph", "rapport.final.pdf#page=2", "p.example", "etc."]
)
def test_a_name_with_a_dot_is_no_address(message, words):
    body = f'<p>{LONG_ENOUGH}<a href="https://a.example/f/{words}">{words}</a></p>'
    assert said(text(message, body=body)) == []


@pytest.mark.parametrize(
    "words", ["bank.com", "Bank.DM", "my-bank.org/in?x=1", "www.bank.example", "https://bank.example", "www.bank.pdf"]
)
def test_an_address_that_is_not_where_the_link_leads_is_seen(message, words):
    body = f'<p>{LONG_ENOUGH}<a href="https://a.example/{words}">{words}</a></p>'
    assert said(text(message, body=body)) == [
        f"The words of a link show another address than the one it leads to: “{words}”"
    ]


def test_a_link_to_a_page_in_another_language_is_said_without_points(message, story):
    given = text(message, body=f'<p>{LONG_ENOUGH}<a linktype="page" id="{story.pk}">x</a></p>', language="fr")

    (hint,) = hints(given, fresh(given))
    assert hint.text == "A link leads to a page in another language than the text: “English”"
    assert hint.weight == 0


def test_the_sites_own_address_and_scripts_without_capitals_are_left_alone(message, story):
    own = text(message, button_label="Read", button_url="http://testserver/en/stories/one-in-eight/")
    assert said(own) == []
    assert said(text(message, subject="حقوق العمال المهاجرين")) == []


def test_telegram_has_no_hints_about_mail(message):
    assert said(text(message, "telegram", body="<p>Short.</p>")) == []


def test_the_score_says_what_it_means(message):
    bad = text(
        message,
        subject="RE: YOU HAVE WON!!",
        preview_text="",
        body='<p>Act now <a href="https://bit.ly/x">www.bank.example</a></p>',
    )

    points = score(hints(bad, fresh(bad)))
    assert points > 5
    assert verdict(points) == "likely to be taken for junk"
    assert verdict(2) == "worth another look"
    assert verdict(0.5) == "fine"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Freedom of movement is guaranteed by the treaty."),
        ("en", "Everybody has a right to get paid on time, also who works for a limited time or from home."),
        ("en", "Many earn money here; employers have no obligation to keep them, and advice has no cost."),
        ("fr", "Le droit à l'éducation est garanti par la Constitution."),
        ("fr", "En cas de besoin urgent, appelez le 999 : vous ne courez aucun risque."),
        ("es", "El derecho a la educación está garantizado por la Constitución."),
        ("es", "Todos tienen derecho a trabajar sin riesgo."),
        ("ht", "Anpil moun vin isit la pou yo fè lajan."),
    ],
)
def test_a_sentence_about_rights_and_work_has_no_phrase_of_junk_mail(message, language, sentence):
    assert said(text(message, language=language, body=f"<p>{LONG_ENOUGH}{sentence}</p>")) == []


def test_no_phrase_is_a_single_word():
    assert [phrase.pattern for given in phrases().values() for phrase in given if r"\s+" not in phrase.pattern] == []


def test_every_finished_language_has_its_phrases_and_every_rule_its_advice():
    assert set(phrases()) == {"en", "fr", "es", "ht"}
    assert all(rule.advice and rule.text and rule.weight >= 0 for rule in RULES)
    assert MOST_BYTES > 0


def test_a_text_that_cannot_be_sent_yet_gets_hints_too(message):
    assert "The subject is written in capitals." in said(text(message, subject="{{NAME}} WAS BORN ABROAD"))
