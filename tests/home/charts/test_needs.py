from dataclasses import replace

import pytest

from home.charts import Annotation, Chart, Number
from home.charts.needs import lacking
from home.tables import Column, Table

NAME, WOMEN, MEN = (
    Column("name", "Name", "text", "x"),
    Column("women", "Women", "integer", "y"),
    Column("men", "Men", "integer", "y"),
)


def chart(form: str, *columns: Column) -> Chart:
    row = ["Haiti", 1, 2, 3, 4, 5][: len(columns)]
    table = Table(columns=list(columns), rows=[row] if columns else [], texts={}, language="en")
    return Chart(form, table, "en", "Title", "Subtitle", "Description", "Source")


def fields(drawn: Chart) -> list[str]:
    return [field for field, _error in lacking(drawn)]


@pytest.mark.parametrize("form", ["bar", "stacked", "stacked100"])
def test_chart_that_has_what_it_needs_lacks_nothing(form):
    assert fields(chart(form, NAME, WOMEN, MEN)) == []


@pytest.mark.parametrize("form", ["bar", "line", "stacked", "stacked100"])
def test_chart_needs_an_axis_and_something_to_draw(form):
    assert fields(chart(form, replace(NAME, role="table"), WOMEN))[0] == "columns"


@pytest.mark.parametrize("form", ["share", "number"])
def test_chart_of_one_number_needs_it(form):
    assert fields(chart(form)) == ["number_value"]
    assert fields(replace(chart(form), number=Number(1, "1", "one"))) == []


def test_lines_need_years():
    assert fields(chart("line", NAME, WOMEN)) == ["columns"]
    assert fields(chart("line", replace(NAME, format="year"), WOMEN)) == []


def test_stack_needs_several_columns_of_one_unit():
    assert fields(chart("stacked", NAME, WOMEN)) == ["columns"]
    assert fields(chart("stacked", NAME, WOMEN, replace(MEN, format="percent"))) == ["columns"]


def test_chart_draws_no_more_columns_than_there_are_colours():
    more = [Column(f"c{number}", "C", "integer", "y") for number in range(5)]
    assert fields(chart("bar", NAME, *more)) == ["columns"]


def test_what_is_emphasised_or_explained_stands_along_the_axis():
    drawn = replace(chart("bar", NAME, WOMEN), highlight="Cuba", annotations=(Annotation("Belize", "Why"),))
    assert fields(drawn) == ["highlight", "annotations"]
