import pytest
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation

from home.translation.comparison import Change, Kind, changes, compare


@pytest.fixture
def french(site: object) -> Locale:
    return Locale.objects.get(language_code="fr")


def test_texts_stand_beside_each_other_in_the_order_of_the_page(story, french):
    pairs = compare(source=story, locale=french)
    assert {pair.kind for pair in pairs} == {Kind.TRANSLATED}
    assert (pairs[0].source, pairs[0].translation) == (story.title, f"{story.title} [fr]")
    body = [pair.source for pair in pairs if pair.translation.endswith("[fr]")]
    assert body.index("Papers") < body.index("Yours") < body.index("Always")


def test_each_place_is_named_once_as_in_the_editor(story, french):
    fields = [pair.field for pair in compare(source=story, locale=french) if pair.field]
    assert fields[0] == "Title"
    assert "Body: Text" in fields
    assert "Body: Quote" in fields
    assert len(fields) == len(set(fields)) or fields.count("Body: Text") == 1


def test_emphasis_is_shown_and_no_other_html(story, french):
    bold = next(pair for pair in compare(source=story, locale=french) if "<b>" in pair.source)
    assert bold.source == "A crew starts at <b>six</b>."
    about = Page.objects.get(locale__language_code="en", slug="about")
    link = next(pair for pair in compare(source=about, locale=french) if "<a" in pair.source)
    assert 'href="https://example.org/"' in link.source
    assert 'href="https://example.org/"' in link.translation


def test_markup_that_somebody_put_into_a_translation_is_not_run(story, french):
    StringTranslation.objects.filter(locale=french, context__path="title").update(
        data="<img src=x onerror=alert(1)><script>alert(1)</script>Titre"
    )
    assert compare(source=story, locale=french)[0].translation == "Titre"


def test_missing_text_is_told(story):
    pairs = compare(source=story, locale=Locale.objects.get(language_code="es"))
    assert [pair.source for pair in pairs if pair.kind is Kind.MISSING] == ["Always"]


def test_rewording_shows_what_changed_and_the_earlier_translation(story, french):
    story.summary = "Crews of three languages rebuilt roofs. Papers stay with their owner."
    story.save_revision().publish()
    for synchronised in (False, True):
        if synchronised:
            Translation.objects.filter(source__object_id=story.translation_key).first().source.update_from_db()
        pair = next(pair for pair in compare(source=story, locale=french) if pair.kind is Kind.CHANGED)
        assert pair.earlier.startswith("Crews of several languages")
        assert pair.translation.endswith("[fr]")
        assert Change("removed", "several") in pair.changes
        assert Change("added", "three") in pair.changes


def test_new_paragraph_is_missing_and_not_a_rewording_of_another(story, french):
    raw = story.body.raw_data
    raw[0] = {**raw[0], "value": raw[0]["value"] + "<p>Wholly unlike anything.</p>"}
    story.save_revision().publish()
    pair = next(pair for pair in compare(source=story, locale=french) if "Wholly" in pair.source)
    assert pair.kind is Kind.MISSING


def test_changes_are_told_by_words():
    found = list(changes("a b c", "a x c d"))
    assert found == [
        Change("kept", "a"),
        Change("removed", "b"),
        Change("added", "x"),
        Change("kept", "c"),
        Change("added", "d"),
    ]


def test_a_long_page_takes_no_more_queries(story, french, django_assert_max_num_queries):
    compare(source=story, locale=french)
    with django_assert_max_num_queries(6):
        compare(source=story, locale=french)
