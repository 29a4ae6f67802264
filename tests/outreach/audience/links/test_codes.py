"""Codes: what people type leads to the link that they read, and no two can be taken for each other."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.audience.links import codes
from outreach.audience.links.codes import CodeRefused, find, folded, fresh, spoken, written
from outreach.audience.source import as_source

typed = st.text(alphabet=st.sampled_from("abcilo01xyz89-_ .ÉèÇÅŒßıİ٣ａ\u0000'%“"), max_size=45) | st.text(max_size=45)
kept = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,3}", fullmatch=True).filter(
    lambda code: len(code) >= 3 and not code.startswith("staff-")
)


@given(typed)
def test_whatever_is_typed_becomes_a_code_that_every_place_takes_or_is_refused(text):
    try:
        code = written(text)
    except CodeRefused:
        return
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert 3 <= len(code) <= 40
    assert as_source(code) == code
    assert not code.startswith("staff-")
    assert written(code) == code
    assert folded(code) == folded(text)


@given(kept)
def test_capitals_spaces_hyphens_and_a_full_stop_change_nothing(code):
    for slip in (code.upper(), code.replace("-", ""), code.replace("-", " "), code.replace("-", "_"), f" {code}. "):
        assert folded(slip) == folded(code)


@given(kept)
def test_letters_and_digits_that_look_alike_are_one(code):
    for mistaken in (code.replace("o", "0"), code.replace("0", "o"), code.replace("l", "1"), code.replace("i", "l")):
        assert folded(mistaken) == folded(code)


@given(st.text(max_size=60))
def test_folding_twice_folds_no_more(text):
    assert folded(folded(text)) == folded(text)


@given(st.lists(kept, min_size=1, max_size=4, unique_by=folded), typed)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.django_db
def test_the_database_folds_as_python_does(make_link, kept_codes, text):
    from outreach.audience.models import JoinLink

    JoinLink.objects.all().delete()
    links = {folded(code): make_link(code) for code in kept_codes}

    for code in (*kept_codes, text):
        found = find(code)
        assert found == links.get(folded(code))


def test_a_code_made_for_somebody_is_said_in_syllables():
    for _number in range(200):
        code = spoken()
        assert re.fullmatch("([bfkmrst][aeo]){3}", code)
        assert written(code) == code


def test_two_spoken_codes_are_never_alike():
    assert len({folded(a + b) for a in codes.CONSONANTS for b in codes.VOWELS}) == 21


def test_a_fresh_code_is_that_of_no_link(make_link, monkeypatch):
    make_link("KAMORO")
    made = iter(["kamoro", "kamoro", "befaso"])
    monkeypatch.setattr(codes, "spoken", lambda: next(made))

    assert fresh() == "befaso"


def test_once_all_are_taken_a_fresh_code_is_longer(make_link, monkeypatch):
    make_link("kamoro")
    monkeypatch.setattr(codes, "spoken", lambda: "kamoro")

    assert len(fresh()) == 8


def test_an_older_link_wins_where_two_could_be_meant(make_link):
    first, _second = make_link("Mail"), make_link("mall")

    assert find("MAIL") == first


@pytest.mark.parametrize("text", ["", "ab", "-", "a" * 41, "staff-12", "Staff 12", "roseau/clinic", "مرحبا", "a'b"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(CodeRefused):
        written(text)


@pytest.mark.parametrize("text", ["", " ", "/", "%00", "\x00", "é" * 10_000, "مرحبا"])
def test_nonsense_finds_nothing(make_link, text):
    make_link("kamoro")

    assert find(text) is None
