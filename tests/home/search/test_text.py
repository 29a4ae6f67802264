from home.models import InfographicPage, StoryPage
from home.search.text import page_texts


def test_text_of_a_story_is_what_its_reader_reads(story: StoryPage):
    texts = page_texts(story)
    assert texts[0] == story.summary
    assert "A crew starts at six." in " ".join(texts)
    assert "Papers are theirs" in texts
    assert "Table 1" in texts


def test_choices_addresses_and_records_of_consent_are_neither_found_nor_shown(story: StoryPage):
    story.body = [
        {
            "type": "image",
            "value": {
                "image": 1,
                "alt_text": "A roof",
                "caption": "At noon",
                "people_shown": "Two people",
                "role": "active",
                "consent": "C-2026-014",
                "consent_until": "2027-01-01",
            },
        },
        {"type": "unknown", "value": "x"},
    ]
    text = " ".join(page_texts(story))
    assert "A roof" in text
    assert "At noon" in text
    for hidden in ("C-2026-014", "Two people", "Active", "https://example.org", "unknown"):
        assert hidden not in text


def test_text_is_read_without_asking_the_database(story: StoryPage, django_assert_num_queries):
    page = StoryPage.objects.get(pk=story.pk)
    with django_assert_num_queries(0):
        assert page_texts(page)


def test_text_of_an_infographic_has_its_summary_and_note(infographic: InfographicPage):
    assert "A rise in every five years." in page_texts(infographic)
