import io

from PIL import Image

from home import services
from home.models import InfographicPage, StoryPage


def test_story_is_found_in_a_language_in_which_it_is_live(story: StoryPage, french_story: StoryPage):
    assert services.localized(page=story, language="fr") == french_story
    assert services.localized(page=french_story, language="en") == story
    assert services.localized(page=story, language="en") == story


def test_draft_or_missing_translation_is_none(story: StoryPage):
    assert services.localized(page=story, language="es") is None
    assert services.localized(page=story, language="acf") is None


def test_published_languages_are_those_that_can_be_read(story: StoryPage):
    assert services.published_languages(page=story) == ["en", "fr", "ht"]


def test_content_hash_is_stable_and_differs_between_languages(story: StoryPage, french_story: StoryPage):
    assert story.content_hash() == StoryPage.objects.get(pk=story.pk).content_hash()
    assert story.content_hash() != french_story.content_hash()


def test_content_hash_survives_publishing_the_same_words(story: StoryPage):
    before = story.content_hash()
    story.save_revision().publish()
    assert StoryPage.objects.get(pk=story.pk).content_hash() == before


def test_content_hash_of_an_infographic_changes_with_what_its_reader_reads_and_only_then(infographic: InfographicPage):
    before = infographic.content_hash()
    infographic.save_revision().publish()
    assert InfographicPage.objects.get(pk=infographic.pk).content_hash() == before
    for field in ("title", "summary", "subtitle", "text_summary", "source", "note"):
        page = InfographicPage.objects.get(pk=infographic.pk)
        setattr(page, field, "Other words.")
        assert page.content_hash() != before, field


def test_content_hash_changes_with_the_summary(story: StoryPage):
    before = story.content_hash()
    story.summary = "Other words."
    assert story.content_hash() != before


def test_content_hash_changes_with_a_figure_of_an_infographic(story: StoryPage, infographic: InfographicPage):
    before = story.content_hash()
    infographic.data = {**infographic.data, "rows": [[1990, 1, 2], *infographic.data["rows"][1:]]}
    infographic.save_revision().publish()
    assert StoryPage.objects.get(pk=story.pk).content_hash() != before


def test_draft_does_not_change_the_content_hash(story: StoryPage):
    before = story.content_hash()
    story.summary = "Not published yet."
    story.save_revision()
    assert StoryPage.objects.get(pk=story.pk).content_hash() == before


def test_picture_of_the_lead_infographic_differs_between_languages(story: StoryPage):
    french, english = (services.lead_picture(page=story, language=language) for language in ("fr", "en"))
    assert french != english
    assert Image.open(io.BytesIO(french or b"")).format == "PNG"


def test_story_without_infographic_has_no_picture(story: StoryPage):
    story.lead_infographic = None
    assert services.lead_picture(page=story, language="en") is None
