"""The two traps of every form that anybody may send: the same in each of them."""

from datetime import timedelta

import pytest

from outreach.audience import form_token
from outreach.audience.forms import SubscribeForm
from outreach.audience.preferences.forms import FreshLinkForm

from .conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("form_class", [SubscribeForm, FreshLinkForm])]

QUICK = "That was very quick. Please press the button once more."
LATE = "The page was open for too long. Please press the button once more."


def filled(form_class, *, age=timedelta(minutes=1), **changes):
    """The form as it comes back so long after it was opened, with its own note of the words."""
    shown = form_class(now=NOW - age)
    data = {"email": "Ana@Example.org", "messages": "on", "language": "en", "gender": "", "opened": shown.opened}
    return form_class({**data, **changes}, now=NOW)


def test_what_a_person_fills_in_is_taken(form_class):
    form = filled(form_class)

    assert form.is_valid(), form.errors
    assert not form.is_trapped
    assert form.cleaned_data["email"] == "ana@example.org"


def test_the_field_that_no_person_sees_traps(form_class):
    assert filled(form_class, website="https://example.org").is_trapped


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(0), QUICK),
        (form_token.LEAST - timedelta(seconds=1), QUICK),
        (form_token.MOST + timedelta(seconds=1), LATE),
    ],
)
def test_what_comes_back_too_soon_or_too_late_is_asked_to_press_once_more(form_class, age, told):
    form = filled(form_class, age=age)

    assert form.error_links == [("id_email", told)]


@pytest.mark.parametrize("note", ["", "x", "forged:note"])
def test_a_note_that_is_not_ours_counts_as_too_late_and_a_new_one_is_given(form_class, note):
    form = filled(form_class, opened=note)

    assert form.error_links == [("id_email", LATE)]
    assert form_token.read(token=form.opened).opened_at == NOW


def test_who_has_something_to_mend_is_not_told_of_the_time_and_need_not_wait_again(form_class):
    form = filled(form_class, age=timedelta(seconds=1), email="ana@")

    assert [at for at, _told in form.error_links] == ["id_email"]
    assert QUICK not in dict(form.error_links).values()
    assert form_token.read(token=form.opened).opened_at == NOW - timedelta(seconds=1)
