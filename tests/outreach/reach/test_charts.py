"""Charts of tables: what is hidden in a table is hatched in its chart, and a chart says in words what it shows."""

from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.reach.canvas import NAMESPACE, Canvas
from outreach.reach.charts import WIDTH, Form, draw_panels, panels, picture
from outreach.reach.disclosure import AtLeast, Hidden, Shown, Unknown
from outreach.reach.tables import Column, Row, Table

CELLS = st.one_of(
    st.builds(Shown, st.integers(0, 10**7)),
    st.builds(AtLeast, st.integers(0, 10**7)),
    st.just(Hidden()),
    st.just(Unknown()),
)


def table(*cells, slug="channel", labels=None, charted=1, columns=("People",)):
    names = labels or [f"Row {number}" for number in range(len(cells))]
    rows = [Row(name, cell if isinstance(cell, tuple) else (cell,)) for name, cell in zip(names, cells, strict=True)]
    rows.append(Row("All", tuple(Shown(999) for _each in columns), is_total=True))
    return Table(slug, "Title", "Heading", tuple(map(Column, columns)), tuple(rows), charted=charted)


def parts(svg, tag):
    return ElementTree.fromstring(svg).iter(f"{{{NAMESPACE}}}{tag}")


def bars(svg):
    return [float(each.get("width")) for each in parts(svg, "rect") if each.get("fill") != "none"]


def hatched(svg):
    return sum(each.get("d", "").startswith("M") for each in parts(svg, "path"))


def test_bars_share_one_scale_and_the_total_has_none():
    [svg] = draw_panels(table(Shown(50), Shown(100), Shown(0)))
    assert bars(svg) == [WIDTH / 2, WIDTH, 0]
    assert "999" not in svg


def test_hidden_is_hatched_unknown_is_not_drawn_and_neither_is_nothing():
    [svg] = draw_panels(table(Shown(50), Hidden(), Unknown()))
    assert hatched(svg) == 1
    assert bars(svg) == [WIDTH]
    assert "hidden" in svg


def test_every_hidden_figure_is_drawn_alike():
    drawings = [draw_panels(table(Shown(highest), Hidden()))[0] for highest in (6, 6000)]
    boxes = [[each.attrib for each in parts(svg, "rect") if each.get("fill") == "none"] for svg in drawings]
    assert boxes[0] == boxes[1]


def test_bound_is_drawn_as_a_bar_that_may_go_on():
    [svg] = draw_panels(table(Shown(100), AtLeast(50)))
    assert bars(svg) == [WIDTH, WIDTH / 2]
    assert hatched(svg) == 1


def test_several_columns_make_a_chart_for_each_row():
    found = panels(table((Shown(1), Shown(2)), (Shown(3), Hidden()), columns=("Woman", "Man"), charted=2))
    assert [panel.label for panel in found] == ["Row 0", "Row 1"]
    assert [bar.length for bar in found[1].bars] == [1, None]


def test_days_stand_in_columns_of_which_only_a_few_are_named():
    days = table(*(Shown(number) for number in range(31)), slug="day", labels=[f"{day:02}" for day in range(1, 32)])
    assert panels(days)[0].form is Form.COLUMNS
    [svg] = draw_panels(days)
    assert {"01", "31"} <= {each.text for each in parts(svg, "text")}
    assert len(list(parts(svg, "text"))) < 9


def test_what_was_planned_is_an_outline_beside_what_came_of_it():
    planned = table((Shown(100), Shown(80)), slug="broadcast", columns=("Planned", "Actual"), charted=2)
    [svg] = draw_panels(planned)
    assert [each.get("fill") for each in parts(svg, "rect")] == ["none", "var(--reach-bar)"]


def test_chart_names_itself_and_says_everything_in_words():
    root = ElementTree.fromstring(draw_panels(table(Shown(50), Hidden()))[0])
    assert root.get("role") == "img"
    assert [each.tag.rpartition("}")[2] for each in root][:2] == ["title", "desc"]
    assert root[0].text == "Title: People"
    assert root[1].text == "Row 0: 50; Row 1: hidden"


def test_chart_runs_from_the_right_where_reading_does():
    with translation.override("ar"):
        [svg] = draw_panels(table(Shown(50), Shown(100)))
    widths = [(float(each.get("x")), float(each.get("width"))) for each in parts(svg, "rect")]
    assert widths == [(WIDTH / 2, WIDTH / 2), (0, WIDTH)]


def test_names_are_shortened_in_the_chart_and_whole_in_its_description():
    long = "Workers in agriculture, construction and households of the north"
    root = ElementTree.fromstring(draw_panels(table(Shown(50), labels=[long]))[0])
    assert long in root[1].text
    assert any(each.text.endswith("…") for each in root.iter(f"{{{NAMESPACE}}}text"))


def test_a_name_above_a_chart_is_bold_and_has_room_for_fewer_letters():
    story = "More than two in three migrant workers have jobs"
    cells = (Shown(50), Shown(40))
    (above,) = draw_panels(table(cells, labels=[story], columns=("Personal", "Shared"), charted=2))
    (beside,) = draw_panels(table(Shown(50), labels=[story]))
    bold = next(each.text for each in parts(above, "text") if each.get("font-weight"))
    assert bold.endswith("…")
    assert Canvas.BOLD * Canvas.LETTER * len(bold) <= WIDTH
    assert Canvas.LETTER * len(bold) > 0.8 * WIDTH
    assert any(each.text.endswith("…") for each in parts(beside, "text"))


@pytest.mark.parametrize("name", ["<script>", "&amp;", '"', "\x00\x1b", "\ud800"])
def test_name_that_somebody_wrote_to_break_it_is_only_text(name):
    for svg in (*draw_panels(table(Shown(5), labels=[name])), picture(table(Shown(5), labels=[name])).svg):
        assert not list(parts(svg, "script"))


def test_table_without_rows_or_columns_to_draw_has_no_chart():
    assert draw_panels(table()) == []
    assert picture(table()) is None
    assert picture(table(Shown(1), charted=0)) is None


@given(st.lists(CELLS, min_size=1, max_size=40), st.sampled_from(["channel", "day", "times"]))
def test_no_chart_shows_a_figure_that_its_table_hides(cells, slug):
    drawn = table(*cells, slug=slug)
    for bar, cell in zip(panels(drawn)[0].bars, cells, strict=True):
        assert (bar.length is None) is isinstance(cell, Hidden | Unknown)
        assert bar.length is None or 0 <= bar.length <= 1
    assert hatched(draw_panels(drawn)[0]) >= sum(isinstance(cell, Hidden) for cell in cells)
