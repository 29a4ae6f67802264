import pytest

from home.editorial.plainness import longest_sentence, sentences, years_of_school


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One.", 1),
        ("One. Two! Three?", 3),
        ("It cost 12.5 per cent", 1),
        ("هل هذا؟ نعم.", 2),
        ("“Yes.” She left.", 2),
    ],
)
def test_sentences_end_with_a_mark_and_not_within_a_number(text, count):
    assert len(sentences(text)) == count


def test_longest_sentence_counts_words():
    assert longest_sentence("Two words. Now there are five words.") == 5


def test_short_words_ask_for_less_school_than_long_ones():
    plain = years_of_school("You have the right to your pay. Ask for it.")
    hard = years_of_school("Remuneration entitlements necessitate contractual documentation.")
    assert plain is not None
    assert hard is not None
    assert plain < 5 < 12 < hard


def test_text_without_words_asks_for_nothing():
    assert years_of_school("…") is None
