"""Placeholders of other mailing programs are named and stop a text; words that look a little like them do not."""

import html

import pytest

from outreach.broadcasts import services
from outreach.broadcasts.placeholders import foreign_placeholders
from outreach.broadcasts.readiness import not_ready
from outreach.broadcasts.refusals import NotReady
from outreach.broadcasts.rendering import problems

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "placeholder",
    [
        "{{ name }}",
        "{{{name}}}",
        "{{ subscriber.first_name|default:'friend' }}",
        "{% if name %}",
        "{name}",
        "{contact.name}",
        "{étudiant}",
        "{$name}",
        "{$user.name|default}",
        "{first_name|'friend'}",
        "{first_name, fallback=friend}",
        "{contactfield=firstname|friend}",
        "{!Contact.FirstName}",
        "{!$User.First_Name__c}",
        "${name}",
        "%name%",
        "%%emailaddr%%",
        "%%First Name%%",
        "%recipient.name%",
        "*|FNAME|*",
        "[[name]]",
        "$[FNAME|friend]$",
        "[Name,fallback=]",
        "[firstname, fallback=friend]",
        "[subscriber:firstname | default:reader]",
        "[link:subscription_unsubscribe_url]",
        "[FIRSTNAME]",
        "[UNSUBSCRIBEURL]",
        "[% member:first_name %]",
        "<%= recipient.firstName %>",
        "&lt;% name %&gt;",
        "«FirstName»",
        "«first_name»",
        "« Prénom_usuel »",
        "«GreetingLine»",
        "<<First Name>>",
        "<<LASTNAME>>",
        "<< first_name >>",
        "&lt;&lt;prénom_usuel&gt;&gt;",
    ],
)
def test_a_placeholder_is_named(placeholder):
    found = foreign_placeholders([f"Dear {placeholder}, hello"])

    assert len(found) == 1
    assert found[0].strip("{}") == html.unescape(placeholder).strip("{}")


@pytest.mark.parametrize(
    "text",
    [
        "10% of women and 20% of men",
        "100 % gratuit % oui",
        "50%-60% of them",
        "Il dit « bonjour » et s’en va",
        "El lema es «Solidaridad», y «Sí»",
        "a {} b { c } | d *bold* [1] [[ ",
        "Fish & chips *| cost |",
        "5 < 10 > 2, {1, 2, 3}",
        "{$50} or {! wait} or {!} or {¡Hola!} or {été, hiver}",
        "p { margin: 0; color: red }",
        "Il dit << bonjour >> et <<Solidarité>>, puis << Nous restons. >>",
        "<<Prénom>>, <<Mon pays>>, <<WhatsApp>>, <<G20>> et << _____ >>",
        "Dans la case << First Name, Last Name >>",
        "Por «WhatsApp», «YouTube» o «G20», y « COVID19 »",
        "Write: “I, [Name], work for [company: a hotel]” [link: see below] [photo:Ana] [1, 2]",
        "[% of women] and [% of men: 20%], a < b % c > d, [20 %]",
        "50 %% of { x = y }, E=mc2, {…|…}, $[20]",
    ],
)
def test_ordinary_words_are_no_placeholder(text):
    assert foreign_placeholders([text]) == []


def test_an_escaped_address_is_no_placeholder_and_a_placeholder_in_one_is():
    assert foreign_placeholders([], addresses=["https://a.example/caf%C3%A9%20noir"]) == []
    assert foreign_placeholders([], addresses=["https://a.example/?to=*|EMAIL|*"]) == ["*|EMAIL|*"]


@pytest.mark.parametrize("channel", ["email", "telegram"])
@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Hello {{ name }}"},
        {"body": "<p>Hello {<b>{</b> name }}</p>"},
        {"button_label": "For {{ name }}", "button_url": "https://a.example/"},
        {"button_label": "Read", "button_url": "https://a.example/{{name}}"},
        {"body": '<p><a href="https://a.example/{{name}}">here</a></p>'},
    ],
)
def test_it_is_found_wherever_it_stands_and_said_with_what_to_do(message, channel, fields):
    found = [problem.replace(" name ", "name") for problem in problems(message(channel, **fields))]
    assert found == [
        "“{{name}}” is a placeholder, and nothing is put in its place here: write what readers shall read."
    ]


def test_a_text_with_one_cannot_be_submitted(draft, editor, now):
    draft.messages.filter(channel="email", language="en").update(subject="Hello *|FNAME|*")

    assert any("E-mail, English: “*|FNAME|*” is a placeholder" in reason for reason in not_ready(draft))
    with pytest.raises(NotReady):
        services.submit(broadcast=draft, user=editor, now=now)
