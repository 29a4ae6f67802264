import datetime

import pytest
from django.contrib.auth.models import User

from home.editorial.checklist import AnswerRefused, Entry, ReasonMissing, answer, checklist, open_entries
from home.editorial.items import ITEMS
from home.editorial.judging import State
from home.models import ChecklistAnswer, StoryPage, Term

from .conftest import NOON, TODAY

BY_KEY = {item.key: item for item in ITEMS}
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("editor", first_name="An", last_name="Editor")


def entry(page, key: str) -> Entry:
    return next(entry for entry in checklist(page) if entry.item.key == key)


def state(page, key: str) -> State:
    return entry(page, key).state


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([], State.UNANSWERED),
        ([("none", "document")], State.UNANSWERED),
        ([("not_asked", "migrant"), ("undisclosed", "expert")], State.UNANSWERED),
        ([("man", "official"), ("man", "expert")], State.FAIL),
        ([("woman", "migrant")], State.FAIL),
        ([("woman", "migrant"), ("man", "official")], State.FAIL),
        ([("woman", "expert"), ("man", "official")], State.PASS),
        ([("woman", "migrant"), ("man", "migrant")], State.PASS),
        ([("woman", "official"), ("another", "migrant")], State.PASS),
    ],
)
def test_voices_pass_where_women_and_others_speak_and_women_not_only_as_those_concerned(
    story, quoting, people, expected
):
    assert state(quoting(story, *people), "voices") is expected


def test_person_who_is_quoted_twice_counts_once(story, quoting):
    page = quoting(story, ("woman", "expert"), ("man", "official"))
    page.body = [*page.body.get_prep_value(), {**page.body.get_prep_value()[0], "id": None}]
    assert "2 people are quoted" in entry(page, "voices").judgement.finding


def test_infographic_quotes_nobody(infographic):
    assert state(infographic, "voices") is State.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"role": "active"}, State.PASS),
        ({"role": "passive"}, State.FAIL),
        ({"role": "background"}, State.FAIL),
        ({"role": "nobody", "people_shown": "One man"}, State.FAIL),
        ({"role": "nobody"}, State.NOT_APPLICABLE),
    ],
)
def test_pictures_pass_where_people_act(story, showing, values, expected):
    assert state(showing(story, **values), "images") is expected


@pytest.mark.parametrize(
    ("alt_text", "expected"), [("A roof", State.PASS), ("", State.FAIL), ("IMG_2041.jpg", State.FAIL)]
)
def test_alternative_text_has_to_say_something(story, showing, alt_text, expected):
    assert state(showing(story, role="nobody", alt_text=alt_text), "alt_texts") is expected


def test_missing_consent_blocks_and_takes_no_excuse(story, showing, user):
    page = showing(story)
    assert state(page, "consent") is State.BLOCKS
    with pytest.raises(AnswerRefused):
        answer(page=page, item=BY_KEY["consent"], answer="not_applicable", reason="They know me", user=user, now=NOON)


def test_consent_passes_while_it_holds(story, showing, consent):
    assert state(showing(story, consent=consent.pk), "consent") is State.PASS
    consent.withdrawn_on = TODAY
    consent.save()
    assert state(showing(StoryPage.objects.get(pk=story.pk), consent=consent.pk), "consent") is State.BLOCKS


def figure(story: StoryPage, source: str) -> StoryPage:
    value = {"value": "12", "label": "roofs", "source": source, "url": ""}
    story.body = [{"type": "figure", "value": value, "id": "aaaaaaaa-0000-4000-8000-000000000009"}]
    return story


def test_figure_needs_a_source_of_its_own_and_one_of_the_page(story):
    assert state(figure(story, "Census 2011"), "sources") is State.PASS
    assert state(figure(story, ""), "sources") is State.FAIL
    story.sources = []
    assert state(figure(story, "Census 2011"), "sources") is State.FAIL


def test_page_without_figures_needs_none_by_sex(story):
    story.body = []
    assert state(story, "figures_by_sex") is State.NOT_APPLICABLE
    assert state(figure(story, "Census"), "figures_by_sex") is State.UNANSWERED


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("You have the right to your pay. Here is how to ask for it.", State.PASS),
        ("", State.FAIL),
        ("One. Two. Three.", State.FAIL),
        ("word " * 26, State.FAIL),
        ("Remuneration entitlements necessitate contractual documentation.", State.FAIL),
    ],
)
def test_summary_is_short_and_plain(story, summary, expected):
    story.summary = summary
    assert state(story, "summary") is expected


def test_readability_is_judged_in_english_only(french_story):
    french_story.summary = "La rémunération nécessite une documentation contractuelle."
    assert state(french_story, "summary") is State.PASS


def test_word_to_avoid_fails_and_can_be_explained(story, user):
    Term.objects.create(locale=story.locale, term="workforce", definition="…", instead_of="manpower")
    story.title = "Manpower"
    story.save_revision()
    assert entry(story, "terms").judgement.warnings[0].finding.words == "Manpower"
    answer(
        page=story,
        item=BY_KEY["terms"],
        answer="not_applicable",
        reason="The name of a firm.",
        user=user,
        now=NOON,
    )
    assert state(story, "terms") is State.NOT_APPLICABLE


def test_answer_is_kept_with_reason_revision_person_and_time(story, user):
    revision = story.save_revision()
    answer(page=story, item=BY_KEY["do_no_harm"], answer="fail", reason="The village is named.", user=user, now=NOON)
    kept = entry(story, "do_no_harm").answer
    assert kept is not None
    assert (kept.answer, kept.reason, kept.answered_by, kept.answered_at) == (
        "fail",
        "The village is named.",
        user,
        NOON,
    )
    assert kept.revision.pk == revision.pk
    assert state(story, "do_no_harm") is State.FAIL


def test_answer_is_out_of_date_once_the_page_says_something_else(story, user):
    answer(page=story, item=BY_KEY["do_no_harm"], answer="pass", reason="", user=user, now=NOON)
    assert state(story, "do_no_harm") is State.PASS
    story.summary = "Something else."
    assert state(story, "do_no_harm") is State.STALE


def test_answer_outlives_a_change_that_no_reader_sees(story, user):
    answer(page=story, item=BY_KEY["do_no_harm"], answer="pass", reason="", user=user, now=NOON)
    story.show_in_menus = True
    story.save_revision().publish()
    assert state(StoryPage.objects.get(pk=story.pk), "do_no_harm") is State.PASS


def test_last_answer_counts_and_earlier_ones_stay(story, user):
    for number, given in enumerate(("fail", "pass")):
        answer(
            page=story,
            item=BY_KEY["do_no_harm"],
            answer=given,
            reason="Because.",
            user=user,
            now=NOON + datetime.timedelta(minutes=number),
        )
    assert state(story, "do_no_harm") is State.PASS
    assert ChecklistAnswer.objects.count() == 2


def test_answer_holds_for_translations_until_the_source_changes(story, french_story, user):
    answer(page=french_story, item=BY_KEY["do_no_harm"], answer="pass", reason="", user=user, now=NOON)
    assert state(story, "do_no_harm") is State.PASS
    assert state(french_story, "do_no_harm") is State.PASS
    story.summary = "Something else."
    story.save_revision()
    assert state(french_story, "do_no_harm") is State.STALE


@pytest.mark.parametrize("given", ["fail", "not_applicable"])
def test_fail_and_not_applicable_need_a_reason(story, user, given):
    with pytest.raises(ReasonMissing):
        answer(page=story, item=BY_KEY["do_no_harm"], answer=given, reason="  ", user=user, now=NOON)
    assert not ChecklistAnswer.objects.exists()


def test_what_a_computer_judges_can_not_be_called_a_pass(story, user):
    with pytest.raises(AnswerRefused):
        answer(page=story, item=BY_KEY["summary"], answer="pass", reason="I like it", user=user, now=NOON)


def test_excuse_ends_with_what_it_excused(story, quoting, user):
    page = quoting(story, ("man", "official"))
    page.save_revision()
    answer(page=page, item=BY_KEY["voices"], answer="not_applicable", reason="An interview.", user=user, now=NOON)
    assert state(page, "voices") is State.NOT_APPLICABLE
    assert state(quoting(page, ("man", "official"), ("woman", "expert")), "voices") is State.PASS


def test_open_items_are_those_that_somebody_has_to_do_something_about(story, user):
    assert {"figures_by_sex", "do_no_harm"} <= {entry.item.key for entry in open_entries(story)}
    answer(page=story, item=BY_KEY["do_no_harm"], answer="pass", reason="", user=user, now=NOON)
    assert "do_no_harm" not in {entry.item.key for entry in open_entries(story)}
