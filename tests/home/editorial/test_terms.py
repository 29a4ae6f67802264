import pytest
from wagtail.models import Locale

from home.editorial.passages import field_anchor, passages
from home.editorial.terms import AROUND, terms, untranslated, warnings
from home.models import GlossaryPage, StoryPage, Term


@pytest.fixture
def english(site) -> Term:
    return Term.objects.create(
        locale=Locale.objects.get(language_code="en"),
        term="migrant in an irregular situation",
        definition="A person without a permit.",
        instead_of="illegal migrant\n\nillegals",
        why="A situation can change.",
    )


@pytest.fixture
def glossary(site, home_page) -> GlossaryPage:
    page = home_page.add_child(instance=GlossaryPage(title="Glossary", slug="glossary", summary="Words."))
    page.save_revision().publish()
    return page


def with_text(story: StoryPage, html: str) -> StoryPage:
    story.body = [{"type": "text", "value": html, "id": "bbbbbbbb-0000-4000-8000-000000000001"}]
    return story


def test_warning_names_field_and_block_and_what_to_write_instead(english: Term, story: StoryPage):
    found = warnings(with_text(story, "<h2>Hello</h2><p>The <b>illegal</b> migrant works.</p>"))
    assert len(found) == 1
    assert found[0].passage.place == "Body · block 1, Text"
    assert found[0].passage.anchor == "block-bbbbbbbb-0000-4000-8000-000000000001-section"
    assert found[0].finding.words == "illegal migrant"
    assert found[0].finding.rule.instead == "migrant in an irregular situation"
    assert found[0].finding.rule.why == "A situation can change."


def test_warning_quotes_the_sentence_and_nothing_beside_it(english: Term, story: StoryPage):
    (found,) = warnings(with_text(story, "<p>It rains. One <b>illegal</b> migrant works here. Then he rests.</p>"))
    assert (found.before, found.finding.words, found.after) == ("One ", "illegal migrant", " works here.")
    assert found.language == "en"


def test_each_word_of_a_sentence_is_quoted_by_itself(english: Term, story: StoryPage):
    found = warnings(with_text(story, "<p>Illegals meet illegals.</p>"))
    assert [(one.before, one.finding.words, one.after) for one in found] == [
        ("", "Illegals", " meet illegals."),
        ("Illegals meet ", "illegals", "."),
    ]


def test_long_sentence_is_cut_between_words(english: Term, story: StoryPage):
    words = "work " * 60
    (found,) = warnings(with_text(story, f"<p>{words} illegals {words}</p>"))
    assert found.before.startswith("…work ")
    assert found.after.endswith(" work…")
    assert max(len(found.before), len(found.after)) <= AROUND + 1


@pytest.mark.parametrize("field", ["title", "summary"])
def test_fields_of_the_page_are_read(english: Term, story: StoryPage, field):
    setattr(story, field, "On illegals")
    assert [warning.passage.anchor for warning in warnings(story)] == [field_anchor(StoryPage, field)]


def test_captions_and_alternative_texts_are_read(english: Term, story: StoryPage, showing):
    page = showing(story, alt_text="An illegal migrant", caption="Illegals at work")
    assert [warning.passage.place.split(" · ")[-1] for warning in warnings(page)] == ["Alternative text", "Caption"]


def test_infographic_is_read(english: Term, infographic):
    infographic.text_summary = "Illegal migrants."
    assert [warning.passage.place for warning in warnings(infographic)] == ["Text summary"]


def test_quotation_blocks_are_exempt_and_their_speakers_are_not(english: Term, story: StoryPage):
    value = {
        "text": "I was an illegal migrant",
        "speaker": "An illegal migrant",
        "gender": "woman",
        "function": "migrant",
    }
    story.body = [{"type": "quote", "value": value, "id": "bbbbbbbb-0000-4000-8000-000000000002"}]
    assert [warning.passage.place.split(" · ")[-1] for warning in warnings(story)] == ["Speaker"]


def test_blockquotes_are_exempt(english: Term, story: StoryPage):
    page = with_text(story, "<p>They said:</p><blockquote>An illegal migrant</blockquote>")
    assert warnings(page) == []


def test_titles_of_sources_are_no_words_of_the_page(english: Term, story: StoryPage):
    story.sources = [
        {"type": "source", "value": {"title": "The illegal migrant, 1950", "url": "", "note": ""}, "id": None}
    ]
    assert warnings(story) == []


def test_each_language_has_its_own_words(english: Term, french_story: StoryPage):
    french_story.title = "illegal migrant, immigré illégal"
    assert warnings(french_story) == []
    Term.objects.create(
        locale=Locale.objects.get(language_code="fr"),
        translation_key=english.translation_key,
        term="migrant en situation irrégulière",
        instead_of="immigré illégal",
    )
    assert [warning.finding.words for warning in warnings(french_story)] == ["immigré illégal"]


def test_place_of_every_passage_is_a_section_of_the_editor(story: StoryPage, editor):
    page = editor.get(f"/admin/pages/{story.pk}/edit/").content.decode()
    anchors = {passage.anchor for passage in passages(story)}
    assert anchors
    assert all(f'id="{anchor}"' in page for anchor in anchors if not anchor.startswith("block-"))


def test_terms_stand_in_alphabetical_order_accents_aside(english: Term):
    for name in ("Éducation", "zone", "accord"):
        Term.objects.create(locale=Locale.objects.get(language_code="fr"), term=name, definition="…")
    assert [term.term for term in terms("fr")] == ["accord", "Éducation", "zone"]


def test_glossary_shows_each_term_under_its_letter_with_an_address_of_its_own(english: Term, glossary, reader):
    page = reader.get(glossary.url).content.decode()
    assert f'id="term-{english.translation_key}"' in page
    assert "A person without a permit." in page
    assert ">M<" in page
    assert "Not translated yet" not in page


def test_glossary_of_another_language_says_which_terms_it_lacks(english: Term, glossary, reader):
    french = glossary.copy_for_translation(Locale.objects.get(language_code="fr"))
    french.save_revision().publish()
    assert untranslated("fr") == [english]
    page = reader.get(french.url).content.decode()
    assert "migrant in an irregular situation" in page
    assert '<dl lang="en" dir="ltr">' in page


def test_glossary_needs_as_many_queries_for_many_terms(english: Term, glossary, django_assert_num_queries, rf):
    context = glossary.get_context
    locale = Locale.objects.get(language_code="en")
    Term.objects.bulk_create(Term(locale=locale, term=f"Term {n}", definition="…") for n in range(50))
    with django_assert_num_queries(1):
        context(rf.get("/"))
