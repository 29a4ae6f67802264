import io
import itertools
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from home.charts import Chart, Number, Reference, Size, draw_inline, draw_picture, draw_svg
from home.charts.lines import even_ticks, few, spread
from home.tables import Column, Table

SVG = "{http://www.w3.org/2000/svg}"
YEAR, WOMEN, MEN = (
    Column("year", "Year", "year", "x"),
    Column("women", "Women", "integer", "y"),
    Column("men", "Men", "integer", "y"),
)
PLACE, PEOPLE = Column("place", "Place", "text", "x"), Column("people", "People", "integer", "y")


def chart(form: str, columns: list[Column], rows: list, *, language: str = "en", texts=None, **more) -> Chart:
    return Chart(
        form=form,
        table=Table(columns=columns, rows=rows, texts=texts or {}, language=language),
        language=language,
        title="A finding of 2024",
        subtitle="People, 2024",
        description="In words: 2,585 people.",
        source="A source",
        **more,
    )


def bars(language: str = "en", **more) -> Chart:
    return chart("bar", [PLACE, PEOPLE], [["Haiti", 2585], ["Cuba", None]], language=language, **more)


def lines(language: str = "en") -> Chart:
    return chart("line", [YEAR, WOMEN, MEN], [[1990, 1210, 1309], [2015, 3878, 4215]], language=language)


def share(language: str = "en") -> Chart:
    return chart("share", [], [], language=language, number=Number(12.7, "12.7%", "of the people"))


def number() -> Chart:
    return chart("number", [], [], number=Number(304, "304 million", "people"))


def words(svg: str | bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("drawn", [bars(), lines(), share(), number()], ids=lambda drawn: drawn.form)
@pytest.mark.parametrize("size", list(Size))
def test_every_form_names_and_describes_itself(drawn, size):
    root = ElementTree.fromstring(draw_inline(drawn, size))
    assert root.get("role") == "img"
    assert [root[0].tag, root[0].text] == [f"{SVG}title", drawn.title]
    assert [root[1].tag, root[1].text] == [f"{SVG}desc", drawn.description]


def test_bars_carry_their_names_and_figures():
    assert {"Haiti", "2,585", "Cuba", "no figure"} <= set(words(draw_inline(bars(), Size.NARROW)))


def test_lines_carry_their_names_and_last_figures():
    assert {"Women", "3,878", "Men", "4,215", "1990", "2015"} <= set(words(draw_inline(lines(), Size.WIDE)))


@pytest.mark.parametrize(("language", "figure"), [("en", "2,585"), ("fr", "2\u202f585"), ("es", "2.585")])
def test_figures_are_written_by_the_rules_of_the_language(language, figure):
    assert figure in words(draw_inline(bars(language), Size.NARROW))


def test_translated_names_are_drawn_and_the_highlight_still_finds_its_row():
    svg = draw_inline(bars("fr", texts={"Haiti": "Haïti"}, highlight="Haiti"), Size.NARROW)
    bold = [e.text for e in ElementTree.fromstring(svg).iter(f"{SVG}text") if e.get("font-weight") == "700"]
    assert bold == ["Haïti", "2\u202f585"]
    fills = [e.get("fill") for e in ElementTree.fromstring(svg).iter(f"{SVG}rect")]
    assert fills == ["var(--chart-series-1)", "var(--chart-faint)"]


def test_reference_line_has_its_label():
    assert "Half" in words(draw_inline(bars(reference=Reference(1000, "Half")), Size.WIDE))


def test_hostile_text_is_only_text():
    hostile = '</text><script>alert(1)</script><image href="http://example.org/x"/>'
    for svg in (
        draw_inline(chart("bar", [PLACE, PEOPLE], [[hostile, 1]]), Size.WIDE),
        draw_svg(replace(bars(), title=hostile, source=hostile, description=hostile)).decode(),
    ):
        tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "title", "desc", "rect", "text", "polyline", "circle", "g"}


def test_chart_in_a_page_uses_the_colours_of_the_page_and_a_file_has_its_own():
    assert "var(--chart-series-1)" in draw_inline(bars(), Size.NARROW)
    assert b"var(" not in draw_svg(bars())


def test_chart_is_drawn_once_for_each_version_of_its_data(chart_dir: Path):
    draw_inline(bars(), Size.WIDE)
    (kept,) = chart_dir.glob("*/*.svg")
    kept.write_text("kept")
    assert draw_inline(bars(), Size.WIDE) == "kept"
    assert draw_inline(replace(bars(), title="Another finding"), Size.WIDE) != "kept"
    assert draw_inline(bars("fr"), Size.WIDE) != "kept"


def test_picture_is_a_light_png_of_a_fit_size():
    picture = draw_picture(share())
    image = Image.open(io.BytesIO(picture))
    assert (image.format, image.width) == ("PNG", 1200)
    assert image.height >= 630
    assert len(picture) < 80_000


def test_picture_carries_the_finding_and_the_source():
    assert {"A finding of 2024", "People, 2024"} <= set(words(draw_svg(bars())))
    assert any(word.startswith("A source") for word in words(draw_svg(bars())))


def test_lines_of_a_right_to_left_language_begin_at_the_right(settings):
    settings.FORMATS_FROM = {**settings.FORMATS_FROM, "ar": "ar"}
    drawn = replace(bars(), language="ar", title="واحد من كل ثمانية")
    title = next(e for e in ElementTree.fromstring(draw_svg(drawn)).iter(f"{SVG}text"))
    assert (title.get("text-anchor"), title.get("x")) == ("end", "740")
    assert ElementTree.fromstring(draw_inline(drawn, Size.NARROW)).get("direction") == "ltr"


def test_chart_without_figures_is_empty_and_no_error():
    for form in ("bar", "line", "share", "number"):
        assert words(draw_inline(chart(form, [YEAR, WOMEN], []), Size.WIDE)) == []
    assert words(draw_inline(chart("line", [YEAR, WOMEN], [[1990, None]]), Size.WIDE)) == []


@pytest.mark.parametrize(("most", "last"), [(9.05, 10), (8440, 10000), (141_488_004, 150_000_000), (0.3, 0.3), (1, 1)])
def test_scale_ends_on_a_round_step_that_is_not_far_above_the_data(most, last):
    ticks = even_ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] == pytest.approx(last)
    assert 4 <= len(ticks) <= 6


def test_few_years_keep_the_first_and_the_last():
    assert few(list(range(1990, 2025)), 4)[::3] == [1990, 2024]


def test_names_at_the_ends_of_lines_do_not_lie_on_each_other():
    moved = spread([100, 102, 104], [19, 19, 19], bottom=300)
    assert moved == sorted(moved)
    assert min(b - a for a, b in itertools.pairwise(moved)) >= 19
