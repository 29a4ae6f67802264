import pytest
from hypothesis import given
from hypothesis import strategies as st

from home.search.words import meets, plain, terms, words


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Santé", ["sante"]),
        ("SANTE\u0301", ["sante"]),
        ("main-d'œuvre", ["main", "d", "oeuvre"]),
        ("l’école", ["l", "ecole"]),
        ("Año 2024: 12,7 %", ["ano", "2024", "12", "7"]),
        ("Straße", ["strasse"]),
        ("مَدْرَسَة", ["مدرسة"]),
        ('"*:()-_^\x00\\%', []),
    ],
)
def test_words_are_compared_without_accents_capitals_and_punctuation(written, compared):
    assert words(written) == compared


@given(st.text())
def test_plain_words_stay_as_they_are(text):
    found = words(text)
    assert words(" ".join(found)) == found


@given(st.text())
def test_terms_hold_letters_and_figures_only(text):
    assert all(term.isalnum() for term in terms(text))


def test_each_word_is_looked_for_once_and_a_plural_finds_the_singular():
    assert terms("Rights right rights, PAPERS") == ["right", "paper"]
    assert terms("bus") == ["bus"]


def test_only_the_first_words_of_a_long_query_are_looked_for():
    assert terms(" ".join(str(number) for number in range(100))) == [str(number) for number in range(16)]


@pytest.mark.parametrize(
    ("word", "query", "met"),
    [("Droits", "droit", True), ("œuvre", "OEUV", True), ("santé", "sant", True), ("right", "rights", True),
     ("copyright", "right", False), ("", "right", False)],
)  # fmt: skip
def test_word_is_met_by_its_beginning(word, query, met):
    assert meets(word, terms(query)) is met


def test_accents_of_every_script_are_left_out():
    assert plain("Ångström, İstanbul") == "angstrom, istanbul"
