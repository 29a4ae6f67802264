"""The size of a group: what can be written, who is told when two write it, and what the history says of it."""

import threading
import uuid
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from outreach.audience.models import Segment
from outreach.broadcasts.refusals import Overtaken
from outreach.reach.indicators import keeping
from outreach.reach.indicators.keeping import NeedsReason
from outreach.reach.indicators.populations import PopulationEstimate
from outreach.reach.indicators.telling import seen
from outreach.reach.indicators.trail import Change

from .conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def estimate(campaign):
    """An estimate as it is typed, not saved yet."""

    def estimate(**fields):
        return PopulationEstimate(
            **{"campaign": campaign, "people": 8440, "year": 2024, "source": "UN DESA 2024", **fields}
        )

    return estimate


def keep(population, **given):
    return keeping.keep_population(population=population, **{"user": None, "now": NOW, **given})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"people": 0}, "people"),
        ({"people": 9}, "people"),
        ({"people": -3}, "people"),
        ({"people": None}, "people"),
        ({"people": 10**30}, "people"),
        ({"year": None}, "year"),
        ({"year": 2027}, "year"),
        ({"year": 1899}, "year"),
        ({"source": ""}, "source"),
        ({"source": " \t"}, "source"),
        ({"source": "x" * 301}, "source"),
        ({"segment": "nobody"}, "segment"),
        ({"gender": "undisclosed"}, "gender"),
    ],
)
def test_a_size_that_can_not_be_is_refused_at_its_field(estimate, fields, field):
    with pytest.raises(ValidationError) as error:
        keep(estimate(**fields))
    assert field in error.value.message_dict
    assert not PopulationEstimate.objects.exists()
    assert not Change.objects.exists()


@pytest.mark.parametrize("fields", [{"people": 0}, {"source": ""}], ids=str)
def test_the_database_takes_no_impossible_size_either(estimate, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        estimate(**fields).save()


def test_a_year_begins_by_the_clocks_of_the_office(estimate):
    still_2026 = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    with pytest.raises(ValidationError):
        keep(estimate(year=2027), now=still_2026)
    assert keep(estimate(year=2027), now=datetime(2027, 1, 1, 12, 0, tzinfo=UTC)).pk


def test_a_group_has_one_size_in_a_year_and_may_have_others_in_other_years(estimate):
    Segment.objects.create(code="workers", name="Workers", rule={"field": "group", "in": ["worker"]})
    for fields in ({}, {"year": 2020}, {"gender": "woman"}, {"segment": "workers"}):
        keep(estimate(**fields))
    with pytest.raises(ValidationError) as error:
        keep(estimate(people=9000))
    assert "already" in str(error.value)
    assert PopulationEstimate.objects.count() == 4


def test_a_form_that_is_sent_twice_is_saved_once(estimate):
    token = uuid.uuid4()
    first, second = (keep(estimate(token=token)) for _twice in range(2))
    assert first == second == PopulationEstimate.objects.get()
    assert Change.objects.count() == 1


def test_a_change_needs_a_reason_and_stands_in_the_history_and_not_over_somebody_elses(estimate, editor):
    found = keep(estimate(), user=editor)
    read = seen(found)
    found.people = 8500
    with pytest.raises(NeedsReason):
        keep(found, read=read)
    keep(found, read=read, reason="A later revision.", user=editor)
    change = Change.objects.first()
    assert (change.subject, change.by_name) == ("Population estimate: All segments", "editor")
    assert (change.before, change.after) == ("Number of people: 8440", "Number of people: 8500")

    found.people = 8600
    with pytest.raises(Overtaken):
        keep(found, read=read, reason="Again")
    assert PopulationEstimate.objects.get().people == 8500


def test_a_size_that_is_moved_onto_another_is_refused(estimate):
    keep(estimate())
    other = keep(estimate(year=2020))
    read, other.year = seen(other), 2024
    with pytest.raises(ValidationError):
        keep(other, read=read, reason="The year was wrong.")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_one_form", [True, False], ids=["a double click", "two people"])
def test_of_two_who_save_at_the_same_time_one_does(estimate, is_one_form):
    token, start = uuid.uuid4(), threading.Barrier(2)
    told: list[object] = []

    def save():
        typed = estimate(token=token if is_one_form else uuid.uuid4())
        start.wait()
        try:
            told.append(keep(typed).pk)
        except ValidationError as error:
            told.append(error.messages)
        connection.close()

    threads = [threading.Thread(target=save) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    number = PopulationEstimate.objects.get().pk
    assert number in told
    if is_one_form:
        assert told == [number] * 2
    else:
        assert ["There is an estimate of this group for this year already. Change that one."] in told
