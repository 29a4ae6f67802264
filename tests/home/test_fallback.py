from django.test import Client

from home.models import InfographicPage, StoryPage


def test_missing_translation_is_said_with_the_languages_that_have_the_page(site, reader: Client):
    response = reader.get("/es/stories/who-builds-roofs/")
    page = response.content.decode()
    assert response.status_code == 404
    assert "This page is not translated yet" in page or 'lang="es"' in page
    for language, name in [("en", "English"), ("fr", "Français"), ("ht", "Kreyòl ayisyen")]:
        assert f'href="/{language}/stories/who-builds-roofs/" lang="{language}"' in page
        assert f"<strong>{name}</strong>" in page


def test_address_that_no_language_has_names_none(site, reader: Client):
    assert "<strong>English</strong>" not in reader.get("/es/stories/nothing/").content.decode()


def test_draft_of_another_language_is_not_named(site, reader: Client, french_story: StoryPage):
    french_story.unpublish()
    page = reader.get("/es/stories/who-builds-roofs/").content.decode()
    assert "/en/stories/who-builds-roofs/" in page
    assert "/fr/stories/who-builds-roofs/" not in page


def test_address_as_long_as_somebody_likes_is_only_missing(site, reader: Client):
    assert reader.get("/es/" + "x" * 20_000 + "/").status_code == 404
    assert reader.get("/es/%00%0a/").status_code == 404


def test_language_switch_names_a_language_without_the_page_and_leads_nowhere(site, reader: Client):
    page = reader.get("/en/stories/who-builds-roofs/").content.decode()
    switch = page[page.index('class="languages"') : page.index("</nav>", page.index('class="languages"'))]
    assert '<span lang="es" dir="ltr">Español</span>' in switch
    assert "not translated yet" in switch
    assert 'href="/es' not in switch


def test_number_of_an_untranslated_infographic_says_its_language(site, reader: Client):
    InfographicPage.objects.get(locale__language_code="fr", slug="stock").unpublish()
    page = reader.get("/fr/").content.decode()
    assert '<a href="/en/infographics/stock/" lang="en" hreflang="en">' in page
    assert "(English)" in page


def test_home_page_leads_with_no_story_of_another_language(site, reader: Client, french_story: StoryPage):
    french_story.unpublish()
    page = reader.get("/fr/").content.decode()
    assert "Two in three roofs" not in page
    assert "<h1>Moving, working, belonging [fr]</h1>" in page
