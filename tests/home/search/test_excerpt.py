import re

from hypothesis import given
from hypothesis import strategies as st

from home.search.excerpt import around, excerpt, marked


def test_words_that_were_found_are_marked_and_everything_else_is_escaped():
    assert marked("<b>Santé</b> & école", ["sante"]) == "&lt;b&gt;<mark>Santé</mark>&lt;/b&gt; &amp; école"


@given(st.text(), st.lists(st.text(alphabet="abcé<&", min_size=1), max_size=3))
def test_nothing_but_marks_is_left_of_any_markup(text, looked_for):
    assert "<" not in re.sub("</?mark>", "", marked(text, looked_for))


def test_word_written_with_separate_accents_is_marked_whole():
    assert marked("sante\u0301 !", ["sante"]) == "<mark>santé</mark> !"


def test_summary_is_shown_whole_where_it_has_the_word():
    summary = "Short. " * 40 + "papers"
    assert excerpt([summary, "papers"], ["papers"]).endswith("<mark>papers</mark>")


def test_text_is_cut_around_the_word_between_words_and_says_so():
    text = "before " * 40 + "papers" + " after" * 80
    shown = excerpt(["A summary.", text], ["papers"])
    assert shown.startswith("… before")
    assert shown.endswith("after …")
    assert "<mark>papers</mark>" in shown
    assert len(shown) < 300


def test_summary_stands_where_only_the_title_has_the_word():
    assert excerpt(["A summary."], ["title"]) == "A summary."
    assert excerpt([], ["title"]) == ""


def test_word_without_any_space_around_it_is_cut_at_its_length():
    assert len(around("x" * 1000, 500)) < 260
