"""Columns by their names, and cells by what they say."""

from datetime import UTC, datetime

import pytest

from outreach.audience.imports import values
from outreach.audience.imports.columns import guess, remember, remembered
from outreach.audience.models import ColumnMapping

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "header",
    [
        ["Name", "E-mail", "Language", "Group", "Gender", "Parish", "Topics", "Date of consent"],
        ["Nom", "Adresse électronique", "Langue", "Groupe", "Sexe", "Paroisse", "Thèmes", "Date du consentement"],
        ["Nombre", "Correo electrónico", "Idioma", "Grupo", "Género", "Parroquia", "Temas", "Fecha de consentimiento"],
        ["Non", "IMÈL", "Lang", "Gwoup", "Sèks", "Pawas", "Sijè", "Dat konsantman"],
    ],
)
def test_columns_are_guessed_in_each_language(header):
    names = ["address", "language", "group", "gender", "parish", "topics", "given_at"]

    assert guess(header) == {name: place for place, name in enumerate(names, start=1)}


@pytest.mark.django_db
def test_what_was_chosen_is_offered_for_the_next_file_with_the_same_names():
    remember(header=["A", "Contact"], mapping={"address": 1}, now=NOW)
    remember(header=["a", "CONTACT "], mapping={"address": 1, "group": 0}, now=NOW)

    assert remembered(["A", "contact"]) == {"address": 1, "group": 0}
    assert remembered(["Contact", "A"]) == {}
    assert "Contact" not in str(ColumnMapping.objects.values())


def test_of_two_columns_with_one_name_the_first_is_guessed():
    assert guess(["E-mail", "E-mail"]) == {"address": 0}


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("language", "FR", "fr"),
        ("language", "Kreyòl", "ht"),
        ("gender", "Femme", "woman"),
        ("gender", "F", "woman"),
        ("gender", "Prefer not to say", "undisclosed"),
        ("parish", "St. John", "st_john"),
        ("parish", "SAINT JOHN", "st_john"),
        ("group", "civil_society", "civil_society"),
    ],
)
def test_a_choice_is_known_by_its_code_and_by_its_names(field, cell, code):
    assert values.choice(field, cell) == code


@pytest.mark.parametrize("cell", ["=1+1", "x" * 5000, "woman;man"])
def test_what_is_no_choice_is_not_understood(cell):
    with pytest.raises(values.NotUnderstood):
        values.choice("gender", cell)


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("2026-03-01", "dmy", 1),
        ("2026-03-01T23:59:00Z", "ymd", 1),
        ("02/03/2026", "dmy", 2),
        ("3.4.2026", "mdy", 4),
    ],
)
def test_a_day_is_its_noon_in_the_office(cell, order, day):
    assert values.moment(cell, order=order, now=NOW) == datetime(2026, 3, day, 16, tzinfo=UTC)


def test_today_is_now():
    assert values.moment("2026-11-21", order="ymd", now=NOW) == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert values.moment("2026-11-22", order="ymd", now=datetime(2026, 11, 22, 14, tzinfo=UTC)).hour == 14


@pytest.mark.parametrize("cell", ["", "2026-11-22", "1889-01-01", "31/02/2026", "45000", "yesterday", "2026-13-01"])
def test_a_day_to_come_or_none_at_all_is_not_understood(cell):
    with pytest.raises(values.NotUnderstood):
        values.moment(cell, order="dmy", now=NOW)
