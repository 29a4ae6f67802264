"""The public pages of broadcasts: who can open them, what stands on them, and what the archive lists."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from outreach.broadcasts import services as broadcasts
from outreach.broadcasts.models import Broadcast, Message
from outreach.broadcasts.rendering import build
from outreach.channels.built import PLACEHOLDER
from outreach.delivery import lifecycle
from outreach.delivery.models import Delivery
from outreach.tracking.archive import listed, path_of
from outreach.tracking.tokens import Token, Use, mint
from tests.outreach.broadcasts.conftest import (  # noqa: F401
    ROLES,
    approve,
    approver,
    draft,
    editor,
    everybody,
    french,
    infographic,
    joined,
    member,
    now,
    stories,
    story,
    submitted,
    written,
)

from .copies import links_of

pytestmark = pytest.mark.django_db
MOST_BYTES = 100 * 1024


@pytest.fixture
def sent(submitted, approver, now) -> Broadcast:
    """A broadcast on its way, in English and French, that the archive does not show."""
    approve(submitted, approver, now)
    assert lifecycle.start(broadcast_id=submitted.pk, now=now)
    submitted.refresh_from_db()
    return submitted


@pytest.fixture
def shown(sent, approver, now) -> Broadcast:
    broadcasts.set_archived(broadcast=sent, archived=True, user=approver, now=now)
    return sent


def mail(broadcast: Broadcast, language: str = "en") -> Message:
    return broadcast.messages.select_related("broadcast").get(channel="email", language=language)


def soup(answer) -> BeautifulSoup:
    assert answer.status_code == 200, answer
    return BeautifulSoup(answer.text, "html.parser")


def test_the_address_is_the_same_for_every_receiver_and_where_the_site_has_it(sent):
    addresses = {links_of(each).view for each in Delivery.objects.filter(message=mail(sent))}

    assert addresses == {f"http://testserver{path_of(mail(sent))}"}
    token = mint(Token(Use.VIEW, mail(sent).pk, 0))
    assert path_of(mail(sent)) == reverse("view_message", args=[token])


def test_everybody_reads_the_mail_as_it_was_frozen(client, sent, story):
    story.title = "Another title"
    story.save_revision().publish()

    found = soup(client.get(path_of(mail(sent))))

    assert found.html["lang"] == "en"
    assert found.title.string == "One in eight was born abroad"
    assert found.h1.string == "One in eight was born abroad"
    assert "Sent by e-mail on 1 December 2026" in " ".join(found.header.get_text().split())


def test_nothing_on_the_page_is_one_receivers(client, sent):
    answer = client.get(path_of(mail(sent)))
    found = soup(answer)

    assert not answer.cookies
    assert len(answer.content) < MOST_BYTES
    assert PLACEHOLDER not in answer.text
    assert "link.invalid" not in answer.text
    assert "@example.org" not in answer.text
    assert not found.find("img")
    links = [str(anchor["href"]) for anchor in found.find_all("a")]
    assert not [link for link in links if "/r/" in link or "/u/" in link or "/o/" in link]
    assert "http://testserver/en/stories/one-in-eight/" in links
    main = " ".join(found.main.get_text(" ").split())
    assert "Leave in one step" not in main
    assert "View in browser" not in main
    assert "·" not in main
    assert reverse("subscribe") in links
    assert reverse("how_to_leave") in links


def test_the_page_has_nothing_that_mail_programs_alone_read(client, sent):
    built = build(mail(sent)).html
    assert "xmlns:" in built
    assert "mso-" in built

    text = client.get(path_of(mail(sent))).content.decode()

    assert not re.search(r"xmlns|mso-|supported-color-schemes:|<!--|vertical-align=", text)
    assert "vertical-align:" in text


def test_the_page_shows_the_picture_of_the_mail(client, submitted, infographic, editor, approver, now):
    message = mail(submitted)
    message.picture = infographic
    broadcasts.write(message=message, user=editor, now=now)
    broadcasts.submit(broadcast=submitted, user=editor, now=now)
    approve(submitted, approver, now)
    assert lifecycle.start(broadcast_id=submitted.pk, now=now)

    answer = client.get(path_of(mail(submitted)))

    picture = soup(answer).main.find("img")
    assert picture["alt"] == infographic.text_summary
    # Such an address is allowed by the page's policy, which names the site.
    assert picture["src"].startswith("http://testserver/picture/")
    assert "img-src http://testserver " in answer["Content-Security-Policy"]
    assert picture.parent["href"] == "http://testserver/en/stories/one-in-eight/"
    assert client.get(picture["src"].removeprefix("http://testserver"))["Content-Type"] == "image/png"


def test_a_click_on_the_page_is_counted_for_nobody(client, sent):
    from outreach.tracking.models import TrackingEvent

    client.get(path_of(mail(sent)))

    assert not TrackingEvent.objects.exists()


def test_nothing_on_the_page_can_run_and_only_the_sites_pictures_are_fetched(client, sent):
    rules = client.get(path_of(mail(sent)))["Content-Security-Policy"]

    assert rules.startswith("sandbox ")
    assert "allow-scripts" not in rules
    assert "allow-same-origin" not in rules
    assert "default-src 'none'" in rules
    assert "img-src http://testserver data:" in rules


def test_the_page_leads_to_the_other_languages(client, sent):
    nav = soup(client.get(path_of(mail(sent)))).header.nav

    assert [(a["lang"], a["href"], a.get("aria-current")) for a in nav.find_all("a")] == [
        ("en", path_of(mail(sent)), "true"),
        ("fr", path_of(mail(sent, "fr")), None),
    ]
    french = soup(client.get(path_of(mail(sent, "fr"))))
    assert french.html["lang"] == "fr"
    assert french.h1.string == "Une personne sur huit"


def test_the_prefix_of_another_language_leads_to_the_mails_own(client, sent):
    answer = client.get(path_of(mail(sent)).replace("/en/", "/fr/"))

    assert (answer.status_code, answer["Location"]) == (302, path_of(mail(sent)))


@pytest.mark.parametrize("place", [0, 10, 30])
def test_a_forged_token_leads_nowhere(client, sent, place):
    token = path_of(mail(sent)).split("/")[3]
    forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]

    for bad in (forged, token[:-1], "x", token + "A"):
        assert client.get(reverse("view_message", args=[bad])).status_code == 410, bad


def test_a_token_of_another_use_or_of_another_thing_leads_nowhere(client, sent):
    number = mail(sent).pk
    telegram = sent.messages.get(channel="telegram", language="en").pk
    for token in (
        Token(Use.UNSUBSCRIBE, number, 0),
        Token(Use.COHORT_CLICK, number, 0),
        Token(Use.VIEW, 999_999, 0),
        Token(Use.VIEW, telegram, 0),
    ):
        assert client.get(reverse("view_message", args=[mint(token)])).status_code == 410, token


def test_its_own_token_opens_nothing_but_the_page(client, sent):
    token = mint(Token(Use.VIEW, mail(sent).pk, 0))

    assert client.get(reverse("follow", args=[token, 1])).status_code == 410
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 410


@pytest.mark.parametrize("role", [*ROLES, "superuser"])
def test_before_sending_began_only_the_team_reads_it(client, submitted, member, role):
    path = path_of(mail(submitted))
    assert client.get(path).status_code == 404
    client.force_login(member(role))

    answer = client.get(path)

    if role in {"editor", "approver", "superuser"}:
        assert "Not sent yet. Only the team can open this page." in answer.text
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]
    else:
        assert answer.status_code == 404


def test_a_mail_that_can_not_be_built_yet_has_no_page(client, draft, member):
    draft.messages.update(subject="")
    client.force_login(member("editor"))

    assert client.get(path_of(mail(draft))).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_public_pages_only_answer_to_reading(client, sent, method):
    for path in (path_of(mail(sent)), reverse("message_archive"), reverse("how_to_leave")):
        assert getattr(client, method)(path).status_code == 405


def test_search_engines_keep_out_unless_the_archive_shows_it(client, sent, approver, now):
    path = path_of(mail(sent))
    answer = client.get(path)
    assert answer["X-Robots-Tag"] == "noindex"
    assert soup(answer).find("meta", {"name": "robots", "content": "noindex"})

    broadcasts.set_archived(broadcast=sent, archived=True, user=approver, now=now)

    answer = client.get(path)
    assert "X-Robots-Tag" not in answer
    assert not soup(answer).find("meta", {"name": "robots"})
    assert soup(answer).find("link", rel="canonical")["href"] == f"http://testserver{path_of(mail(sent))}"


def test_the_archive_lists_what_it_is_to_show_in_its_language(client, shown):
    for language, title in (("en", "One in eight was born abroad"), ("fr", "Une personne sur huit")):
        answer = client.get(f"/{language}/messages/")
        card = soup(answer).select_one(".card")
        assert card.h2.get_text(strip=True) == title
        assert card.a["href"] == path_of(mail(shown, language))
        assert card.time["datetime"] == "2026-12-01"
        assert card.p.get_text(strip=True) == mail(shown, language).preview_text
        assert not answer.cookies
        assert "X-Robots-Tag" not in answer
        assert len(answer.content) < MOST_BYTES


def test_an_empty_archive_teaches_and_is_not_indexed(client, sent):
    answer = client.get("/en/messages/")

    assert "Nothing is shown here in this language yet." in answer.text
    assert answer["X-Robots-Tag"] == "noindex"
    assert reverse("subscribe") in answer.text


@pytest.mark.parametrize("state", list(Broadcast.State))
def test_the_archive_lists_what_is_being_sent_or_was_sent_to_its_end(shown, state):
    Broadcast.objects.update(state=state)

    assert listed("en").exists() is (state in {"sending", "finished"})


def test_the_archive_never_lists_what_was_not_sent(submitted, approver, now):
    Broadcast.objects.update(archived=True)

    assert not listed("en").exists()


def test_a_long_archive_has_pages(client, shown):
    message = mail(shown)
    for number in range(24):
        copy = Broadcast.objects.create(
            title=f"Copy {number}",
            archived=True,
            state="finished",
            started_at=shown.started_at - timedelta(days=number + 1),
        )
        Message.objects.create(
            broadcast=copy, channel="email", language="en", subject=f"Number {number}", body="x", rendered={}
        )

    first, second = client.get("/en/messages/"), client.get("/en/messages/?page=2")

    assert soup(first).select_one(".card h2").get_text(strip=True) == message.subject
    assert [card.h2.get_text(strip=True) for card in soup(second).select(".card")] == ["Number 23"]
    assert client.get("/en/messages/?page=nonsense").status_code == 200


def test_the_page_to_join_leads_to_the_archive_once_it_shows_something(client, sent, approver, now):
    assert "/en/messages/" not in client.get("/en/subscribe/").text

    broadcasts.set_archived(broadcast=sent, archived=True, user=approver, now=now)

    assert 'href="/en/messages/"' in client.get("/en/subscribe/").text


def test_whoever_has_a_passed_on_message_learns_how_to_leave_without_ending_somebody_elses(client):
    text = client.get("/en/leave/").text

    assert "Leave in one step" in text
    assert "/stop" in text


# The team's page


def public(broadcast: Broadcast) -> str:
    return reverse("broadcast_public", args=[broadcast.pk])


MAY = {
    # role: sees the page, may show it while it is a draft, may show it once it is sent, may take it out
    "editor": (True, True, False, True),
    "approver": (True, True, True, True),
    "evaluator": (False, False, False, False),
    "data officer": (False, False, False, False),
    "administrator": (False, False, False, False),
    "superuser": (True, True, True, True),
}


@pytest.mark.parametrize("role", MAY)
def test_each_role_shows_and_takes_out_what_it_may(client, draft, member, role):
    sees, in_draft, once_sent, takes_out = MAY[role]
    client.force_login(member(role))

    assert client.get(public(draft)).status_code == (200 if sees else 302)
    for state, show, allowed in (
        ("draft", "yes", in_draft),
        ("finished", "yes", once_sent),
        ("sending", "no", takes_out),
    ):
        Broadcast.objects.update(state=state, archived=show == "no")
        client.post(public(draft), {"show": show})
        draft.refresh_from_db()
        assert (draft.archived is (show == "yes")) is allowed, (state, show)


def test_nobody_gets_to_the_teams_page_without_signing_in(client, sent):
    assert client.get(public(sent))["Location"].startswith("/admin/login/")
    assert client.post(public(sent), {"show": "yes"})["Location"].startswith("/admin/login/")


def test_the_teams_page_leads_to_the_page_of_each_language(client, sent, editor):
    client.force_login(editor)

    found = soup(client.get(public(sent)))

    for language in ("en", "fr"):
        assert found.find("a", href=path_of(mail(sent, language)))
    assert "The archive does not show it." in found.get_text()
    assert soup(client.get(reverse("broadcasts:broadcast", args=[sent.pk]))).find("a", href=public(sent))


@pytest.mark.parametrize(
    ("state", "archived", "said"),
    [
        ("draft", False, "The archive will not show it."),
        ("scheduled", True, "The archive will show it to everybody as soon as sending begins."),
        ("cancelled", True, "It was not sent, so there is nothing that the archive could show."),
    ],
)
def test_before_it_is_sent_the_teams_page_says_what_will_be_and_leads_back(
    client, draft, editor, state, archived, said
):
    Broadcast.objects.update(state=state, archived=archived)
    client.force_login(editor)

    found = soup(client.get(public(draft)))

    assert said in found.get_text()
    assert "Who has a link from the e-mail" not in found.get_text()
    back = found.find("a", class_="button", href=reverse("broadcasts:broadcast", args=[draft.pk]))
    assert back.get_text() == "Back to the broadcast"


@pytest.mark.parametrize("given", [{}, {"show": "maybe"}])
def test_a_broken_form_changes_nothing(client, sent, approver, given):
    client.force_login(approver)

    assert "You can&#x27;t change that now." in client.post(public(sent), given, follow=True).text
    sent.refresh_from_db()
    assert not sent.archived


def test_the_choice_is_part_of_the_draft_form(client, draft, editor):
    client.force_login(editor)
    data = {
        "title": draft.title,
        "segments": [segment.pk for segment in draft.segments.all()],
        "channels": draft.channels,
        "fallback_language": "en",
        "missed_rule": "hold",
        "deadline_hours": 24,
        "archived": "on",
    }

    assert client.post(reverse("broadcasts:audience", args=[draft.pk]), data).status_code == 302

    draft.refresh_from_db()
    assert draft.archived
