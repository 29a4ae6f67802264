"""The staff pages on which a broadcast gets its stories and texts: what they show while somebody writes."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from outreach.broadcasts import services
from outreach.broadcasts.models import Broadcast, Message
from outreach.broadcasts.sources import carried_pages
from tests.outreach.broadcasts.conftest import make_private, translate
from tests.outreach.broadcasts.test_studio import address, page, told, written

pytestmark = pytest.mark.django_db
TELEGRAM = {
    "picture": "",
    "second_label": "",
    "second_url": "",
    "third_label": "",
    "third_url": "",
}


def telegram(name: str, broadcast: Broadcast, language: str = "en") -> str:
    return reverse(f"broadcasts:{name}", args=[broadcast.pk, "telegram", language])


def carried(broadcast: Broadcast) -> list[int]:
    return [story.pk for story in carried_pages(broadcast)]


def test_a_broadcast_is_made_of_several_stories_the_chosen_one_first(
    client, story, second_story, infographic, french, editor
):
    client.force_login(editor)
    offered = page(client, "add", Broadcast())
    names = [label.get_text(" ", strip=True) for label in offered.select("#id_newest label")]
    assert names[0] == "Where migrants work (story, 1 November 2026)"
    assert not any("personne" in name for name in names)

    client.post(reverse("broadcasts:add"), {"story": story.pk, "newest": [infographic.pk, story.pk, second_story.pk]})

    assert carried(Broadcast.objects.get()) == [story.pk, second_story.pk, infographic.pk]


def test_an_infographic_offers_to_be_broadcast_too(client, infographic, editor):
    client.force_login(editor)

    text = client.get(reverse("wagtailadmin_pages:edit", args=[infographic.pk])).text

    assert "Broadcast this infographic" in text
    assert f"{reverse('broadcasts:add')}?story={infographic.pk}" in text


def test_a_private_page_is_not_offered_to_be_broadcast_and_not_taken(client, story, second_story, editor):
    make_private(story)
    client.force_login(editor)

    assert "Broadcast this story" not in client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).text
    names = [label.get_text() for label in page(client, "add", Broadcast()).select("#id_newest label")]
    assert [second_story.title in name for name in names] == [True]
    answer = client.post(reverse("broadcasts:add"), {"story": story.pk})
    assert "Choose a story that is published." in answer.text
    assert not Broadcast.objects.exists()


def test_the_picture_of_a_private_infographic_is_marked_where_it_is_chosen(client, draft, infographic, editor, now):
    message = draft.messages.get(channel="telegram", language="en")
    message.picture = infographic
    services.write(message=message, user=editor, now=now)
    make_private(infographic)
    client.force_login(editor)

    form = BeautifulSoup(client.get(telegram("edit_cell", draft)).text, "html.parser")

    assert form.select_one("select[name=picture] option[selected]").get_text() == f"{infographic.title} (not published)"


def test_news_is_offered_to_be_broadcast_like_any_page(client, story, news_item, editor):
    client.force_login(editor)

    text = client.get(reverse("wagtailadmin_pages:edit", args=[news_item.pk])).text
    assert "Broadcast this news item" in text
    assert f"{reverse('broadcasts:add')}?story={news_item.pk}" in text
    offered = page(client, "add", Broadcast())
    names = [label.get_text(" ", strip=True) for label in offered.select("#id_newest label")]
    assert names[0] == "Four states open their borders (news item, 2 November 2026)"

    client.post(reverse("broadcasts:add"), {"story": news_item.pk, "newest": [story.pk]})
    assert carried(Broadcast.objects.get()) == [news_item.pk, story.pk]


def test_a_page_of_another_kind_cannot_be_carried(client, stories, editor):
    client.force_login(editor)

    assert "Choose a story that is published." in client.post(reverse("broadcasts:add"), {"story": stories.pk}).text
    assert not Broadcast.objects.exists()


def test_stories_are_added_moved_and_taken_out_by_buttons(client, draft, story, second_story, editor):
    client.force_login(editor)
    place = address("stories", draft)
    assert "Choose a story." in client.post(place, {}).text

    assert "Added: Where migrants work." in told(client, client.post(place, {"newest": [second_story.pk]}))
    client.post(place, {"up": second_story.pk})
    assert carried(draft) == [second_story.pk, story.pk]
    shown = page(client, "stories", draft)
    assert [button["value"] for button in shown.select("button[name=down]")] == [str(second_story.pk)]
    assert not shown.select(f"input[name=newest][value='{second_story.pk}']")
    client.post(place, {"down": second_story.pk})
    client.post(place, {"drop": story.pk})
    assert carried(draft) == [second_story.pk]
    assert client.post(place, {"up": "x", "newest": [second_story.pk]}).status_code == 422


def test_the_same_button_pressed_twice_does_no_harm(client, draft, story, second_story, editor):
    client.force_login(editor)
    place = address("stories", draft)
    client.post(place, {"story": second_story.pk})

    assert "It is there already." in told(client, client.post(place, {"story": second_story.pk}))
    client.post(place, {"drop": story.pk})
    client.post(place, {"drop": story.pk})
    assert carried(draft) == [second_story.pk]


def test_stories_cannot_be_changed_once_sending_began(client, scheduled, second_story, editor, now):
    Broadcast.objects.update(state=Broadcast.State.SENDING, started_at=now)
    client.force_login(editor)

    assert not page(client, "stories", scheduled).select("button[name=drop], input[name=newest]")
    told(client, client.post(address("stories", scheduled), {"newest": [second_story.pk]}))
    assert len(carried(scheduled)) == 1


def test_the_broadcasts_page_names_its_stories_in_order_and_counts_its_cells(client, draft, second_story, editor, now):
    services.add_stories(broadcast=draft, pages=[second_story], user=editor, now=now)
    draft.messages.get(channel="telegram", language="fr").delete()
    client.force_login(editor)

    shown = page(client, "broadcast", draft)

    assert [link.get_text() for link in shown.select(".studio-stories a")] == [
        "One in eight was born abroad",
        "Where migrants work",
    ]
    legend = [item.get_text(" ", strip=True) for item in shown.select(".studio-legend li")]
    assert legend == ["Missing 1", "Draft 1", "Stale 2"]


def test_a_language_that_lacks_a_story_is_told_so_where_it_is_written(client, story, french, second_story, editor, now):
    broadcast = services.create_from_stories(stories=[story, second_story], user=editor, now=now)
    client.force_login(editor)

    for name in ("cell", "edit_cell"):
        text = client.get(address(name, broadcast, "fr")).text
        assert "“Where migrants work” is not published in this language" in text, name


def test_a_telegram_text_gets_a_picture_and_up_to_three_buttons(client, draft, infographic, editor):
    client.force_login(editor)
    data = {
        **written(button_label="Read", button_url="https://a.example/"),
        **TELEGRAM,
        "picture": infographic.pk,
        "third_label": "Ask",
        "third_url": "https://b.example/",
    }

    preview = client.post(telegram("preview", draft), data)
    client.post(telegram("edit_cell", draft), data)

    message = draft.messages.get(channel="telegram", language="en")
    assert message.more_buttons == [["Ask", "https://b.example/"]]
    assert message.picture_file
    shown = BeautifulSoup(preview.text, "html.parser")
    assert shown.img["alt"] == infographic.text_summary
    assert [key.get_text() for key in shown.select(".key")] == ["Read", "Ask"]
    form = BeautifulSoup(client.get(telegram("edit_cell", draft)).text, "html.parser")
    assert form.select_one("option[selected]").get_text() == infographic.title
    assert form.find("input", {"name": "second_label"})["value"] == "Ask"


def test_half_a_button_and_a_bad_one_are_refused_and_nothing_is_lost(client, draft, editor):
    client.force_login(editor)

    half = client.post(telegram("edit_cell", draft), {**written("My words"), **TELEGRAM, "second_label": "Ask"})
    bad = client.post(
        telegram("edit_cell", draft),
        {**written(), **TELEGRAM, "second_label": "Ask", "second_url": "javascript:alert(1)"},
    )

    assert (half.status_code, bad.status_code) == (422, 422)
    assert "A button needs both a label and an address." in half.text
    assert "My words" in half.text
    assert 'value="Ask"' in half.text
    assert "is not a link that can be sent" in bad.text


def test_the_picture_is_offered_in_the_language_of_the_text_and_an_unpublished_one_is_not_lost(
    client, draft, infographic, editor, now
):
    french = translate(infographic, "fr", "Une personne sur huit est née ailleurs")
    client.force_login(editor)

    form = BeautifulSoup(client.get(telegram("edit_cell", draft, "fr")).text, "html.parser")
    assert [option.get_text() for option in form.select("select[name=picture] option")] == [
        "No picture",
        "Une personne sur huit est née ailleurs",
    ]
    message = draft.messages.get(channel="telegram", language="fr")
    message.picture = infographic
    services.write(message=message, user=editor, now=now)
    for version in (french, infographic):
        version.unpublish()
    form = BeautifulSoup(client.get(telegram("edit_cell", draft, "fr")).text, "html.parser")
    assert form.select_one("option[selected]").get_text() == f"{infographic.title} (not published)"


def test_the_findings_follow_what_is_being_written_and_save_nothing(client, draft, editor):
    client.force_login(editor)
    before = list(Message.objects.values())

    found = client.post(address("findings", draft), written(subject="ONE IN EIGHT WAS BORN ABROAD, " * 3)).text
    broken = client.post(address("findings", draft), written("", subject="")).text

    assert "The subject is written in capitals." in found
    assert "Longer than most programs show" in found
    assert "There is no preview text." in found
    assert "Spam score" in broken
    assert "Spam score" not in client.post(telegram("findings", draft), {**written(), **TELEGRAM}).text
    assert before == list(Message.objects.values())


def test_the_page_of_a_text_shows_its_lengths_and_hints(client, draft, editor):
    client.force_login(editor)

    text = page(client, "cell", draft).get_text(" ", strip=True)

    assert "Subject, in characters 28 / 60" in text
    assert "Spam score" in text


def test_the_links_of_a_text_are_asked_only_on_a_press_and_each_has_its_answer(client, draft, editor):
    message = draft.messages.get(channel="email", language="en")
    Message.objects.filter(pk=message.pk).update(
        body='<p><a href="https://nobody.invalid/">x</a> <a href="http://testserver/en/stories/none/">y</a></p>'
    )
    client.force_login(editor)

    text = BeautifulSoup(client.post(address("links", draft)).text, "html.parser").get_text(" ", strip=True)

    assert "is not a link that can be sent" in text
    assert "leads to no published page of this site" in text
    assert f"{message.button_url} It answers A page of this site." in text


def test_a_preview_is_light_or_dark_whatever_the_device_is(client, draft, editor):
    client.force_login(editor)

    for channel in ("email", "telegram"):
        place = reverse("broadcasts:preview", args=[draft.pk, channel, "en"])
        assert "@media all {" in client.get(f"{place}?colours=dark").text
        assert "@media not all {" in client.get(f"{place}?colours=light").text
        assert "prefers-color-scheme" not in client.get(place).text


def test_the_preview_needs_no_script(client, draft, editor):
    client.force_login(editor)

    shown = page(client, "edit_cell", draft)

    frames = {frame["name"] for frame in shown.select("iframe")}
    buttons = shown.select("button[formtarget]")
    assert frames == {button["formtarget"] for button in buttons} == {"preview-light", "preview-dark"}
    assert all(button["formaction"].startswith(address("preview", draft)) for button in buttons)


def test_a_preview_may_fetch_the_sites_pictures_and_nothing_else(client, draft, editor):
    client.force_login(editor)

    policy = client.get(address("preview", draft))["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "img-src http://testserver" in policy


def test_lines_pasted_from_a_word_processor_are_tidied(client, draft, editor):
    client.force_login(editor)

    client.post(address("edit_cell", draft), written(subject="One\u00a0in\u00ad eight\ufeff", preview_text="A\u2028B"))

    message = draft.messages.get(channel="email", language="en")
    assert (message.subject, message.preview_text) == ("One in eight", "A B")


def test_a_placeholder_is_refused_where_it_is_written(client, draft, editor):
    client.force_login(editor)

    answer = client.post(address("edit_cell", draft), written("Dear {{ name }}, hello"))

    assert answer.status_code == 422
    assert "“{{ name }}” is a placeholder" in answer.text


def opened(client, place: str) -> str:
    """The version of the text that the form begins with."""
    return BeautifulSoup(client.get(place).text, "html.parser").find("input", {"name": "read"}).get("value", "")


@pytest.mark.parametrize("language", ["en", "es"])
def test_who_saves_after_somebody_else_is_told_and_loses_nothing(client, draft, editor, language):
    client.force_login(editor)
    place = address("edit_cell", draft, language)
    read = opened(client, place)
    client.post(place, {**written("Theirs, the first."), "read": read})

    late = client.post(place, {**written("Mine, the second."), "read": read})

    assert late.status_code == 422
    assert "Somebody changed this text after you opened it." in late.text
    assert "Mine, the second." in late.text
    assert "Theirs" in draft.messages.get(channel="email", language=language).body
    again = BeautifulSoup(late.text, "html.parser").find("input", {"name": "read"}).get("value", "")
    client.post(place, {**written("Mine, the second."), "read": again})
    assert "Mine" in draft.messages.get(channel="email", language=language).body


def test_a_form_sent_twice_is_saved_once_and_nobody_is_overtaken(client, draft, editor):
    client.force_login(editor)
    place = address("edit_cell", draft)
    data = {**written(), "read": opened(client, place)}

    assert [client.post(place, data).status_code for _time in range(2)] == [302, 302]
