"""A broadcast of one story, of several, or of an infographic: what it carries, and the texts that they give."""

import pytest

from outreach.broadcasts import services
from outreach.broadcasts.matrix import CellState, matrix
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.readiness import not_ready
from outreach.broadcasts.refusals import ApprovalVoid, WrongState
from outreach.broadcasts.rendering import build
from outreach.broadcasts.sources import campaign_name, carried_pages, infographics, newest_pages, sources
from tests.outreach.broadcasts.conftest import make_private, translate

pytestmark = pytest.mark.django_db
State = Broadcast.State


@pytest.fixture
def digest(story, french, second_story, everybody, joined, editor, now) -> Broadcast:
    """A broadcast of two stories, of which only the first is in French."""
    joined("email", "en")
    joined("email", "fr")
    broadcast = services.create_from_stories(stories=[story, second_story], user=editor, now=now)
    broadcast.segments.add(everybody)
    return broadcast


def titles(broadcast: Broadcast) -> list[str]:
    return [page.title for page in carried_pages(broadcast)]


def test_several_stories_give_a_text_with_a_line_a_summary_and_a_link_for_each(digest, story, second_story):
    message = digest.messages.get(channel="email", language="en")

    assert (message.subject, message.preview_text) == (story.title, second_story.title)
    assert message.button_label == ""
    built = build(message)
    assert built.links == (
        "http://testserver/en/stories/one-in-eight/",
        "http://testserver/en/stories/where-migrants-work/",
    )
    places = [built.text.index(words) for words in (story.title, story.summary, second_story.title)]
    assert places == sorted(places)
    assert built.text.count("Read the story") == 2


def test_a_telegram_message_of_several_stories_says_each_title_once(digest, story, second_story):
    text = build(digest.messages.get(channel="telegram", language="en")).text

    assert text.startswith(f"<b>{story.title}</b>\n\n{story.summary}")
    assert text.count(story.title) == 1
    assert f"<b>{second_story.title}</b>\n\n{second_story.summary}" in text


def test_a_cell_says_which_story_its_language_lacks_and_is_drawn_without_it(digest, story, second_story):
    cell = matrix(digest).cell("email", "fr")

    assert cell.notes == ("“Where migrants work” is not published in this language: the text goes without it.",)
    assert second_story.title not in cell.message.body
    assert matrix(digest).cell("email", "en").notes == ()
    assert not_ready(digest) == []
    digest.fallback_language = ""
    cell.message.delete()
    assert "“Where migrants work” is not published" in matrix(digest).cell("email", "fr").why


def test_a_text_is_stale_once_any_of_its_stories_changed_in_its_language(digest, second_story):
    second_story.summary = "In other places."
    second_story.save_revision().publish()

    cells = matrix(digest)
    assert cells.cell("email", "en").state == CellState.STALE
    assert cells.cell("email", "fr").state == CellState.DRAFT
    assert "A story was edited" in cells.cell("email", "en").why


def test_a_text_is_stale_once_a_story_it_goes_without_is_published_in_its_language(digest, second_story):
    translate(second_story, "fr", "Où travaillent les migrants")

    assert matrix(digest).cell("email", "fr").state == CellState.STALE


def test_stories_are_added_moved_and_taken_out_while_it_can_be_edited(digest, story, second_story, infographic, now):
    change = {"broadcast": digest, "user": None, "now": now}
    assert services.add_stories(pages=[infographic, story], **change) == [infographic]
    services.move_story(page=infographic.pk, by=-1, **change)
    assert titles(digest) == [story.title, infographic.title, second_story.title]
    services.move_story(page=story.pk, by=-1, **change)
    services.drop_story(page=second_story.pk, **change)
    services.drop_story(page=999_999, **change)

    assert titles(digest) == [story.title, infographic.title]
    Broadcast.objects.update(state=State.SENDING)
    for edit in (
        lambda: services.add_stories(pages=[second_story], **change),
        lambda: services.move_story(page=story.pk, by=1, **change),
        lambda: services.drop_story(page=story.pk, **change),
    ):
        with pytest.raises(WrongState):
            edit()


def test_a_story_and_its_translation_are_carried_once(digest, french, now):
    assert services.add_stories(broadcast=digest, pages=[french], user=None, now=now) == []


def test_each_change_of_the_stories_makes_drawn_texts_stale_and_own_ones_not(digest, story, second_story, message, now):
    services.write(message=message(broadcast=digest, language="es"), user=None, now=now)

    services.move_story(broadcast=digest, page=story.pk, by=1, user=None, now=now)

    assert matrix(digest).cell("email", "en").state == CellState.STALE
    assert matrix(digest).cell("email", "es").state == CellState.DRAFT
    services.drop_story(broadcast=digest, page=second_story.pk, user=None, now=now)
    services.drop_story(broadcast=digest, page=story.pk, user=None, now=now)
    assert "no longer carried" in matrix(digest).cell("email", "en").why


def test_a_change_of_the_stories_takes_the_approval_back(scheduled, story, second_story, now):
    services.add_stories(broadcast=scheduled, pages=[second_story], user=None, now=now)

    scheduled.refresh_from_db()
    assert scheduled.state == State.DRAFT
    assert scheduled.approvals.get().void_reason == "The stories were changed."


def test_a_story_taken_out_behind_the_services_back_is_found_when_the_approval_is_verified(scheduled):
    scheduled.carried.all().delete()

    with pytest.raises(ApprovalVoid, match="text was changed"):
        services.verify_approval(scheduled)


def test_an_infographic_alone_brings_its_picture_along(infographic, now):
    broadcast = services.create_from_story(story=infographic, user=None, now=now)

    message = broadcast.messages.get(channel="telegram", language="en")
    assert (message.picture, message.button_label) == (infographic, "See the figures")
    assert message.picture_file
    assert build(message).picture == message.picture_file


def test_a_storys_lead_infographic_goes_along(story, infographic, now):
    story.lead_infographic = infographic
    story.save_revision().publish()

    broadcast = services.create_from_story(story=story, user=None, now=now)

    assert all(message.picture == infographic for message in broadcast.messages.all())


def test_of_several_stories_only_a_mail_has_room_for_the_picture(story, second_story, infographic, now):
    broadcast = services.create_from_stories(stories=[infographic, story, second_story], user=None, now=now)

    assert broadcast.messages.get(channel="email").picture == infographic
    assert broadcast.messages.get(channel="telegram").picture is None


def test_a_news_item_alone_leads_to_itself_and_has_no_picture(news_item, now):
    broadcast = services.create_from_story(story=news_item, user=None, now=now)

    message = broadcast.messages.get(channel="telegram", language="en")
    assert (message.picture, message.button_label) == (None, "Read the news")
    assert message.button_url == f"http://testserver{news_item.url}"
    assert news_item.summary in message.body


def test_a_changed_place_of_a_news_item_makes_its_texts_stale(news_item, now):
    broadcast = services.create_from_story(story=news_item, user=None, now=now)
    before = sources(broadcast)["en"].content_hash
    news_item.place = "Marigot, Dominica"
    news_item.save_revision().publish()

    assert sources(broadcast)["en"].content_hash != before
    assert {cell.state for cell in matrix(broadcast) if cell.language == "en"} == {CellState.STALE}


def test_a_private_page_is_neither_offered_nor_drawn(story, french, second_story, infographic, editor, now):
    for page in (story, infographic):
        make_private(page)

    assert newest_pages(8) == [second_story]
    assert infographics(language="en") == []
    broadcast = services.create_from_stories(stories=[story, second_story, infographic], user=editor, now=now)
    found = sources(broadcast)
    assert [page.title for page in found["en"].pages] == [second_story.title]
    assert found["en"].missing == (story.title, infographic.title)
    assert [page.title for page in found["fr"].pages] == [french.title]


def test_what_is_below_a_private_page_is_private_too(stories, story, editor, now):
    make_private(stories)

    assert newest_pages(8) == []
    assert sources(services.create_from_story(story=story, user=editor, now=now)) == {}


def test_a_text_whose_story_became_private_is_stale_and_not_ready(digest, story, second_story):
    for page in (story, second_story):
        make_private(page)

    cell = matrix(digest).cell("email", "en")
    assert cell.state == CellState.STALE
    assert "no longer published" in cell.why
    assert any("not published" in sentence for sentence in not_ready(digest))


def test_the_site_is_not_called_by_the_title_of_a_private_home_page(stories):
    home = translate(stories.get_parent(), "fr", "Le site")
    assert campaign_name("fr") == "Le site"

    make_private(home)

    assert campaign_name("fr") == "Campaign site"
