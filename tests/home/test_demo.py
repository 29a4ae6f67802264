from dataclasses import replace
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from wagtail.models import Page, Site
from wagtail_localize.models import StringTranslation, Translation

from home.demo import catalogue
from home.demo.content import Content, ContentError
from home.demo.load import LoadReport, load
from home.models import HomePage, InfographicPage, StoryPage

from .conftest import UNTRANSLATED_IN_SPANISH


def test_site_begins_at_the_home_page_and_its_tree_is_sound(site):
    assert Site.objects.get(is_default_site=True).root_page.specific == HomePage.objects.get(locale__language_code="en")
    assert all(not problems for problems in Page.find_problems())


def test_complete_catalogue_publishes_every_page(site: LoadReport):
    french = next(report for report in site.languages if report.language == "fr")
    assert not french.missing
    assert french.published == site.created == Page.objects.filter(locale__language_code="fr", live=True).count()


def test_incomplete_page_stays_a_draft_and_what_is_missing_is_said(site: LoadReport):
    spanish = next(report for report in site.languages if report.language == "es")
    assert list(spanish.missing.values()) == [[UNTRANSLATED_IN_SPANISH]]
    assert not StoryPage.objects.get(locale__language_code="es").live


def test_second_load_changes_nothing(site: LoadReport, content: Content):
    before = list(Page.objects.order_by("pk").values_list("pk", "title", "live", "latest_revision_id"))
    again = load(content=content)
    assert again.created == 0
    assert [report.published for report in again.languages] == [0, 0, 0, 0]
    assert list(Page.objects.order_by("pk").values_list("pk", "title", "live", "latest_revision_id")) == before


def test_load_keeps_what_editors_changed(site: LoadReport, content: Content, story: StoryPage):
    story.title = "An editor's title"
    story.save_revision().publish()
    string = StringTranslation.objects.filter(locale__language_code="fr").first()
    StringTranslation.objects.filter(pk=string.pk).update(data="Les mots d'une éditrice")
    load(content=content)
    story.refresh_from_db()
    string.refresh_from_db()
    assert story.title == "An editor's title"
    assert string.data == "Les mots d'une éditrice"


def test_load_makes_a_page_that_is_missing_again(site: LoadReport, content: Content):
    InfographicPage.objects.get(locale__language_code="fr", slug="origins").delete()
    Translation.objects.filter(target_locale__language_code="fr", source__object_repr__startswith="Haiti").delete()
    again = load(content=content)
    assert next(report for report in again.languages if report.language == "fr").published == 1


def test_page_is_published_once_its_catalogue_is_complete(site: LoadReport, content: Content, tmp_path: Path):
    po = polib.pofile(str(content.catalogue("es")))
    po.find(UNTRANSLATED_IN_SPANISH).msgstr = "Siempre"
    (tmp_path / "content").mkdir()
    po.save(str(tmp_path / "content" / "es.po"))
    for name in ("en.toml",):
        (tmp_path / "content" / name).write_bytes((content.folder / "content" / name).read_bytes())
    (tmp_path / "data").symlink_to(content.folder / "data")
    load(content=replace(content, folder=tmp_path))
    assert StoryPage.objects.get(locale__language_code="es").live


def test_translation_with_an_invented_link_is_not_used(site: LoadReport, content: Content, tmp_path: Path):
    text = next(entry.msgid for entry in catalogue.extract(content) if "<a id" in entry.msgid)
    Page.objects.get(locale__language_code="fr", slug="about").delete()
    po = polib.pofile(str(content.catalogue("fr")))
    po.find(text).msgstr = '<a id="a7">Un autre lien</a>'
    (tmp_path / "content").mkdir()
    po.save(str(tmp_path / "content" / "fr.po"))
    (tmp_path / "content" / "en.toml").write_bytes((content.folder / "content" / "en.toml").read_bytes())
    (tmp_path / "data").symlink_to(content.folder / "data")
    report = next(r for r in load(content=replace(content, folder=tmp_path)).languages if r.language == "fr")
    assert report.missing == {"/home/about/": [text]}


def test_numbers_are_the_same_in_every_language_and_texts_are_not(site: LoadReport):
    english = InfographicPage.objects.get(locale__language_code="en", slug="origins")
    french = InfographicPage.objects.get(locale__language_code="fr", slug="origins")
    assert french.data["rows"] == english.data["rows"]
    assert french.table.shown_rows()[0][0].text == "Haiti [fr]"


def test_corrected_number_reaches_the_translation_with_the_next_synchronisation(site: LoadReport):
    english = InfographicPage.objects.get(locale__language_code="en", slug="stock")
    english.data = {**english.data, "rows": [[1990, 1, 2], *english.data["rows"][1:]]}
    english.save_revision().publish()
    translation = Translation.objects.get(source__object_id=english.translation_key, target_locale__language_code="fr")
    translation.source.update_from_db()
    translation.save_target(publish=False)
    page = InfographicPage.objects.get(locale__language_code="fr", slug="stock")
    assert page.get_latest_revision_as_object().data["rows"][0] == [1990, 1, 2]


def test_catalogue_has_each_text_once_and_no_bare_figures(db, content: Content):
    texts = [entry.msgid for entry in catalogue.extract(content)]
    assert len(texts) == len(set(texts))
    assert "2024" not in texts
    assert "Haiti" in texts


def test_catalogue_says_where_a_text_stands(db, content: Content):
    entry = catalogue.extract(content).find("Women")
    assert entry.comment == "infographics.stock: columns"


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ('lead = "who-builds-roofs"', "home names an unknown lead story nobody"),
        ('key = "migrants_male"', "has no column nobody"),
        ('topics = ["work", "data"]', "has an unknown topic nobody"),
        ('table = "dominica_migrants_by_origin_2024.csv"', "there is no table nobody"),
    ],
)
def test_content_that_contradicts_itself_is_refused_before_anything_is_made(
    content: Content, tmp_path: Path, wrong, fault
):
    text = (content.folder / "content" / "en.toml").read_text()
    name, _equals, value = wrong.partition(" = ")
    changed = text.replace(wrong, f'{name} = ["nobody"]' if value.startswith("[") else f'{name} = "nobody"', 1)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "en.toml").write_text(changed)
    (tmp_path / "data").symlink_to(content.folder / "data")
    with pytest.raises(ContentError, match=fault):
        Content(tmp_path).entries  # noqa: B018


def test_real_content_holds_together_and_is_what_translators_were_given(db):
    real = Content()
    assert len(real.section("stories")) >= 8
    assert len(real.section("infographics")) >= 8
    texts = {entry.msgid for entry in catalogue.extract(real)}
    assert texts == {entry.msgid for entry in polib.pofile(str(real.folder / "content" / "messages.pot"))}


def test_command_loads_the_site(db, capsys, monkeypatch, content: Content):
    monkeypatch.setattr("home.management.commands.load_site.Content", lambda: content)
    call_command("load_site")
    assert "pages created" in capsys.readouterr().out
