import pytest
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation

from home.models import InfographicPage, StandardPage, StoryPage
from home.translation.drafts import DraftImpossible, NotASource, make_drafts, target_languages
from home.translation.states import State, states


@pytest.fixture
def new_story(story: StoryPage) -> StoryPage:
    """A published story that nobody has translated, under a list that Kwéyòl lacks."""
    fresh = StoryPage(
        title="Crews meet on Tuesdays",
        slug="crews-meet",
        summary="They plan the week.",
        locale=story.locale,
        lead_infographic=InfographicPage.objects.get(locale=story.locale, slug="stock"),
    )
    story.get_parent().add_child(instance=fresh)
    fresh.save_revision().publish()
    return fresh


LANGUAGES = ["fr", "es", "ht", "acf"]


def test_page_is_drafted_in_every_language_and_nothing_is_published(new_story, user):
    live = Page.objects.live().count()
    drafts = make_drafts(page=new_story, languages=target_languages(new_story), user=user)
    assert {page.locale.language_code for page in drafts.made} == set(LANGUAGES)
    assert not any(page.live for page in drafts.made)
    assert Page.objects.live().count() == live
    assert {state for state, _page in states([new_story])[new_story.pk].values()} == {State.DRAFT}


def test_missing_parents_are_made_as_drafts_and_said(new_story, user):
    drafts = make_drafts(page=new_story, languages=["acf"], user=user)
    assert [page.specific_class.__name__ for page in drafts.parents] == ["HomePage", "StoryIndexPage"]
    assert not any(page.live or page.alias_of_id for page in drafts.parents)


def test_second_request_makes_nothing_twice(new_story, user):
    make_drafts(page=new_story, languages=LANGUAGES, user=user)
    pages, translations = Page.objects.count(), Translation.objects.count()
    again = make_drafts(page=new_story, languages=LANGUAGES, user=user)
    assert not again.made
    assert not again.parents
    assert len(again.existing) == 4
    assert (Page.objects.count(), Translation.objects.count()) == (pages, translations)


def test_translation_that_is_live_is_left_as_it_is(story, french_story, user):
    before = (french_story.title, french_story.latest_revision_id)
    drafts = make_drafts(page=story, languages=["fr"], user=user)
    french_story.refresh_from_db()
    assert [page.pk for page in drafts.existing] == [french_story.pk]
    assert french_story.live
    assert (french_story.title, french_story.latest_revision_id) == before


def test_alias_is_said_and_left_alone(new_story, user):
    french = Locale.objects.get(language_code="fr")
    alias = new_story.copy_for_translation(french, alias=True)
    drafts = make_drafts(page=new_story, languages=["fr"], user=user)
    assert [page.pk for page in drafts.aliases] == [alias.pk]
    assert not drafts.made


def test_infographics_that_the_story_shows_and_the_language_lacks_are_named(new_story, user):
    drafts = make_drafts(page=new_story, languages=["fr", "acf"], user=user)
    assert {language: [page.slug for page in pages] for language, pages in drafts.untranslated.items()} == {
        "acf": ["stock"]
    }


def test_draft_holds_what_the_source_says_now_and_not_an_older_state(story, user):
    story.summary = "Something else."
    story.save_revision().publish()
    draft = make_drafts(page=story, languages=["acf"], user=user).made[0].specific
    assert draft.summary == "Something else."


def test_drafts_are_made_from_the_source_only(french_story, user):
    with pytest.raises(NotASource):
        make_drafts(page=french_story, languages=["es"], user=user)


def test_page_that_cannot_be_saved_leaves_nothing_behind(new_story, user):
    StoryPage.objects.filter(pk=new_story.pk).update(summary="")
    pages = Page.objects.count()
    new_story.refresh_from_db()
    with pytest.raises(DraftImpossible, match="Crews meet"):
        make_drafts(page=new_story, languages=LANGUAGES, user=user)
    assert Page.objects.count() == pages
    assert not Translation.objects.filter(source__object_id=new_story.translation_key).exists()


def test_languages_of_a_page_without_a_campaign_are_those_of_the_site(site):
    assert target_languages(StandardPage.objects.get(locale__language_code="en", slug="about")) == LANGUAGES
