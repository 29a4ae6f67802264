"""What erasing takes out of pages, and what it leaves: the published text of the editors."""

import pytest
from wagtail.models import Comment, CommentReply, Page, Revision
from wagtail.search.backends import get_search_backend

from home.models import StandardPage, StoryPage
from outreach.audience.choices import RemovalKind
from outreach.audience.erasure import erase, erase_all
from tests.ground.traces import in_tables

ADDRESS, OTHER = "zoraida@example.org", "bettina@example.org"

pytestmark = pytest.mark.django_db


def page(*, live: bool, **texts: str) -> StandardPage:
    """A page with one revision, which is published where it is ``live``."""
    made = StandardPage(
        **{"title": "Help", "slug": "help", "summary": "Ask us", "body": "<p>x</p>", **texts}, live=live
    )
    Page.objects.get(depth=1).add_child(instance=made)
    revision = made.save_revision()
    if live:
        revision.publish()
    return StandardPage.objects.get(pk=made.pk)


def traces(address: str = ADDRESS) -> set[str]:
    return set(in_tables([address]))


@pytest.fixture
def ana(confirmed):
    return confirmed(address=ADDRESS).subscriber


def test_a_draft_that_was_never_published_no_longer_holds_it(ana, now):
    draft = page(
        live=False,
        title=f"Call {ADDRESS}",
        seo_title=f"Call {ADDRESS}",
        summary=f"Ask\n{ADDRESS.upper()}",
        body=f'<p><a href="mailto:{ADDRESS}">write</a></p>',
    )

    assert erase(subscriber=ana, now=now) == []

    draft.refresh_from_db()
    assert draft.title == draft.draft_title == "Call …"
    assert draft.summary == "Ask\n…"
    assert draft.latest_revision.content["summary"] == "Ask\n…"
    assert not traces()


def test_the_blocks_of_a_draft_stay_blocks(ana, now):
    story = StoryPage(title="Help", slug="help", summary="Ask us", live=False, body=[("text", f"<p>Ask {ADDRESS}</p>")])
    Page.objects.get(depth=1).add_child(instance=story)
    story.save_revision()

    erase(subscriber=ana, now=now)

    found = StoryPage.objects.get(pk=story.pk)
    for each in (found, found.get_latest_revision_as_object()):
        assert [(block.block_type, str(block.value.source)) for block in each.body] == [("text", "<p>Ask …</p>")]
    assert not traces()


def test_the_search_no_longer_finds_a_draft_by_it(ana, now):
    page(live=False, title="Call zoraida", summary=f"Ask {ADDRESS}", body=f"<p>{ADDRESS}</p>")

    erase(subscriber=ana, now=now)

    assert not get_search_backend().search("zoraida@example.org", StandardPage.objects.all()).count()


def test_a_comment_keeps_no_published_page_from_being_cleared(ana, now, django_user_model):
    live = page(live=True)
    editor = django_user_model.objects.create_user("editor")
    comment = Comment.objects.create(page=live, user=editor, text=f"told by {ADDRESS}", contentpath="summary")
    CommentReply.objects.create(comment=comment, user=editor, text=f"by {ADDRESS}?")
    live = StandardPage.objects.get(pk=live.pk)
    live.summary, live.title = f"Ask {ADDRESS}", f"Call {ADDRESS}"
    live.save_revision()

    assert erase(subscriber=ana, now=now) == []

    assert Page.objects.get(pk=live.pk).draft_title == "Call …"
    assert not traces() - {"wagtailcore_comment.text", "wagtailcore_commentreply.text"}


def test_a_comment_in_the_revision_of_a_page_that_shows_it_goes(ana, now, django_user_model):
    live = page(live=True, summary=f"The office: {ADDRESS}")
    editor = django_user_model.objects.create_user("editor")
    Comment.objects.create(page=live, user=editor, text=f"told by {ADDRESS}", contentpath="summary")
    StandardPage.objects.get(pk=live.pk).save_revision()

    assert erase(subscriber=ana, now=now) == ["Help"]

    content = Revision.objects.latest("pk").content
    assert content["summary"] == f"The office: {ADDRESS}"
    assert content["wagtail_admin_comments"][0]["text"] == "told by …"


def test_what_a_page_shows_of_one_person_keeps_nothing_of_another(ana, confirmed, now):
    bettina = confirmed(address=OTHER).subscriber
    live = page(live=True, summary=f"The office: {OTHER}")
    live.summary += f" and {ADDRESS}"
    live.save_revision()

    assert erase_all(subscribers=[ana, bettina], kind=RemovalKind.INACTIVE, now=now) == ["Help"]

    found = StandardPage.objects.get(pk=live.pk)
    assert found.summary == f"The office: {OTHER}"
    assert found.latest_revision.content["summary"] == f"The office: {OTHER} and …"
    assert not traces()


def test_a_page_that_was_taken_off_the_site_is_cleared(ana, now):
    live = page(live=True, summary=f"The office: {ADDRESS}")
    live.unpublish()

    assert erase(subscriber=ana, now=now) == []
    assert not traces()


def test_a_published_page_without_revisions_is_named(ana, now):
    page(live=True, summary=f"The office: {ADDRESS}")
    Revision.objects.all().delete()

    assert erase(subscriber=ana, now=now) == ["Help"]
