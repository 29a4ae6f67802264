import pytest

from home.editorial.plainness import longest_sentence, sentence_around, sentences, years_of_school


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


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("It rains. We need manpower now! Come.", "manpower", "We need manpower now!"),
        ("Manpower. It rains.", "Manpower", "Manpower."),
        ("It rains. No stop after manpower", "manpower", "No stop after manpower"),
        ("Pay rose by 12.5 per cent. Manpower", "12.5", "Pay rose by 12.5 per cent."),
        ("We met Mr. Man. He left.", "Mr. Man", "We met Mr. Man."),
    ],
)
def test_sentence_is_found_around_its_words(text, words, sentence):
    start = text.index(words)
    begins, ends = sentence_around(text, start, start + len(words))
    assert text[begins:ends] == sentence
