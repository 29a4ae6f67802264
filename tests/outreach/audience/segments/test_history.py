"""What is kept of a segment's edits, taking an old rule again, and who uses a segment."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from outreach.audience.models import Segment, SegmentEdit
from outreach.audience.rules import EVERYBODY
from outreach.audience.segments import changes, restore, save, users_of
from outreach.broadcasts.models import Broadcast

pytestmark = pytest.mark.django_db

WORKERS, MEDIA = {"field": "group", "in": ["worker"]}, {"field": "group", "in": ["media"]}


@pytest.fixture
def editor():
    return User.objects.create_user("editor")


@pytest.fixture
def segment(editor, now):
    made = Segment(code="workers", name="Workers", rule=WORKERS)
    save(segment=made, user=editor, now=now)
    return made


def test_each_save_that_changes_something_is_kept(segment, editor, now):
    segment.rule = MEDIA
    assert save(segment=segment, user=editor, now=now + timedelta(days=1))
    segment.name = "Media"
    assert save(segment=segment, user=None, now=now + timedelta(days=2))

    renamed, changed, made = changes(segment)

    assert (made.before, made.after) == ("", "People whose group is “Worker or family of a worker”")
    assert (changed.before, changed.after) == (made.after, "People whose group is “Media”")
    assert (changed.gone, changed.new) == ((), ())
    assert (changed.edit.edited_by, changed.edit.edited_at) == (editor, now + timedelta(days=1))
    assert (renamed.former_name, renamed.edit.edited_by) == ("Workers", None)
    assert [change.can_restore for change in (renamed, changed, made)] == [False, False, True]


def test_where_conditions_stay_those_that_came_and_went_are_named(segment, editor, now):
    women, french = {"field": "gender", "in": ["woman"]}, {"field": "language", "in": ["fr"]}
    for parts in ([WORKERS, women], [women, french]):
        segment.rule = {"all": parts}
        save(segment=segment, user=editor, now=now)

    last = changes(segment)[0]

    assert last.gone == ("whose group is “Worker or family of a worker”",)
    assert last.new == ("whose language is Français",)


def test_saving_twice_keeps_one_edit(segment, editor, now):
    segment.rule = MEDIA

    assert save(segment=segment, user=editor, now=now)
    assert not save(segment=segment, user=editor, now=now)
    assert segment.edits.count() == 2


def test_what_a_segment_was_before_there_was_a_history_is_kept_first(editor, now):
    old = Segment.objects.create(code="old", name="Old", rule=WORKERS)
    old.rule = EVERYBODY

    save(segment=old, user=editor, now=now)

    assert [(change.before, change.edit.edited_by) for change in changes(old)] == [
        ("People whose group is “Worker or family of a worker”", editor),
        ("", None),
    ]


def test_taking_an_old_rule_again_is_an_edit_of_its_own(segment, editor, now):
    first = segment.edits.get()
    segment.rule = MEDIA
    save(segment=segment, user=editor, now=now)

    assert restore(segment=segment, edit=first, user=editor, now=now)
    assert not restore(segment=segment, edit=first, user=editor, now=now)

    segment.refresh_from_db()
    assert segment.rule == WORKERS
    assert segment.edits.count() == 3


def test_an_old_rule_that_names_what_is_gone_is_not_taken_again(segment, editor, now):
    broken = SegmentEdit.objects.create(
        segment=segment, edited_at=now, name="Workers", rule={"field": "topic", "in": ["weather"]}
    )

    with pytest.raises(ValidationError, match="weather"):
        restore(segment=segment, edit=broken, user=editor, now=now)

    assert Segment.objects.get().rule == WORKERS


def test_an_edit_of_another_segment_is_refused(segment, editor, now):
    other = Segment(code="other", name="Other", rule=MEDIA)
    save(segment=other, user=editor, now=now)

    with pytest.raises(ValueError, match="another segment"):
        restore(segment=segment, edit=other.edits.get(), user=editor, now=now)


def test_a_segment_knows_who_uses_it(segment):
    assert users_of(segment) == []

    Broadcast.objects.create(title="October").segments.add(segment)

    assert users_of(segment) == ["October"]


def test_the_history_is_read_in_one_query(segment, editor, now, django_assert_num_queries):
    for number in range(5):
        segment.name = str(number)
        save(segment=segment, user=editor, now=now)

    with django_assert_num_queries(1):
        assert len([change.edit.edited_by.username for change in changes(segment)]) == 6
