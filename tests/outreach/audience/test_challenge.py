"""The question that keeps programs out: answered once, in time, in digits of any script."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from outreach.audience import challenge
from outreach.audience.challenge import LASTS, _digits, is_answered, pose
from outreach.audience.limits import KEPT, WINDOW, forget
from outreach.audience.models import JoinAttempts

from .pages import answer_to


@pytest.fixture
def posed(db, now):
    with override("en"):
        question = pose(now=now)
        return question, answer_to(question)


def test_the_right_answer_is_taken_once(posed, now):
    question, answer = posed

    assert is_answered(note=question.note, answer=answer, now=now)
    assert not is_answered(note=question.note, answer=answer, now=now)


def test_a_wrong_answer_is_the_only_one(posed, now):
    question, answer = posed

    assert not is_answered(note=question.note, answer="000", now=now)
    assert not is_answered(note=question.note, answer=answer, now=now)


@pytest.mark.parametrize("written", ["{0}{1}{2}", " {0}, {1}, {2}. ", "{0}-{1}-{2}"])
def test_what_stands_between_the_digits_does_not_matter(posed, now, written):
    question, answer = posed

    assert is_answered(note=question.note, answer=written.format(*answer), now=now)


def test_digits_of_another_script_are_digits(posed, now):
    question, answer = posed

    assert is_answered(note=question.note, answer="".join("٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in answer), now=now)


@pytest.mark.parametrize("late", [LASTS + timedelta(seconds=1), timedelta(days=1), -timedelta(minutes=1)])
def test_an_answer_out_of_time_is_none(posed, now, late):
    question, answer = posed

    assert not is_answered(note=question.note, answer=answer, now=now + late)


def test_a_question_from_before_midnight_is_not_good_twice_after_it(posed, now):
    question, answer = posed

    assert is_answered(note=question.note, answer=answer, now=now + LASTS)
    forget(now=now + LASTS)
    assert not is_answered(note=question.note, answer=answer, now=now + LASTS)
    assert LASTS + WINDOW <= KEPT


@pytest.mark.parametrize("note", ["", "x", "x" * 10_000, "a:b", "é", "eyJhdCI6MX0:AAAA"])
def test_a_tampered_note_is_no_question_and_leaves_no_row(db, now, note):
    assert not is_answered(note=note, answer="123", now=now)
    assert not JoinAttempts.objects.exists()


@pytest.mark.parametrize("answer", ["", "x" * 10_000, "²", "\x00", "१"])
def test_a_hostile_answer_is_a_wrong_one(posed, now, answer):
    assert not is_answered(note=posed[0].note, answer=answer, now=now)


def test_the_note_does_not_tell_the_answer(posed):
    question, answer = posed

    content = challenge._signer.unsign_object(question.note)
    assert set(content) == {"once", "at", "seal"}
    assert answer not in map(str, content.values())


@pytest.mark.parametrize("language", ["en", "fr", "es", "ht"])
def test_the_question_is_asked_in_the_language_of_the_page(db, now, language):
    with override(language):
        question = pose(now=now)
        assert is_answered(note=question.note, answer=answer_to(question), now=now)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_an_answer(text):
    assert _digits(text) == "" or _digits(text).isdecimal()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_let_through(now):
    with override("en"):
        question = pose(now=now)
        answer = answer_to(question)
    start, found = threading.Barrier(2), []

    def reply():
        start.wait()
        found.append(is_answered(note=question.note, answer=answer, now=now))
        connection.close()

    threads = [threading.Thread(target=reply) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False, True]
