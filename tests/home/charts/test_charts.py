import io
import itertools
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from home.charts import Annotation, Chart, Number, Reference, Shape, Size, draw_inline, draw_picture, draw_svg
from home.charts.letters import cut, width_of, wrap
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


def stacked(form: str = "stacked", language: str = "en", rows: list | None = None, **more) -> Chart:
    columns = [PLACE, replace(WOMEN, label="Women"), MEN]
    return chart(form, columns, rows or [["Haiti", 1309, 1276], ["Cuba", 10, None]], language=language, **more)


def share(language: str = "en") -> Chart:
    return chart("share", [], [], language=language, number=Number(12.7, "12.7%", "of the people"))


def number() -> Chart:
    return chart("number", [], [], number=Number(304, "304 million", "people"))


ALL_FORMS = [bars(), lines(), stacked(), stacked("stacked100"), share(), number()]


def words(svg: str | bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("drawn", ALL_FORMS, ids=lambda drawn: drawn.form)
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
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(picture) < 80_000


def test_picture_carries_the_finding_and_the_source():
    assert {"A finding of 2024", "People, 2024"} <= set(words(draw_svg(bars())))
    assert "Source: A source · The office" in words(draw_svg(bars(), "The office"))


def test_lines_of_a_right_to_left_language_begin_at_the_right(settings):
    settings.FORMATS_FROM = {**settings.FORMATS_FROM, "ar": "ar"}
    drawn = replace(bars(), language="ar", title="واحد من كل ثمانية")
    title = next(e for e in ElementTree.fromstring(draw_svg(drawn)).iter(f"{SVG}text"))
    assert (title.get("text-anchor"), title.get("x")) == ("end", "752")
    assert ElementTree.fromstring(draw_inline(drawn, Size.NARROW)).get("direction") == "ltr"


def test_chart_without_figures_is_empty_and_no_error():
    for form in ("bar", "line", "stacked", "stacked100", "share", "number"):
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


def boxes(svg: str) -> list[tuple[float, float]]:
    """Beginning and length of each bar, from the left."""
    found = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [(float(bar.get("x", "0")), float(bar.get("width", "0"))) for bar in found]


def test_parts_of_a_stack_follow_each_other_and_end_with_the_total():
    svg = draw_inline(stacked(rows=[["Haiti", 1309, 1276]]), Size.WIDE)
    (women, men, *_key) = boxes(svg)
    assert men[0] == pytest.approx(women[0] + women[1] + 1, abs=0.2)
    assert {"1,309", "1,276", "2,585", "Women", "Men"} <= set(words(svg))


def test_stack_that_lacks_a_part_says_which_and_has_no_total():
    said = words(draw_inline(stacked(), Size.WIDE))
    assert "no figure: Men" in said
    assert "10" not in said


def test_shares_of_a_stack_make_a_hundred_and_are_not_guessed_where_a_part_is_missing():
    svg = draw_inline(stacked("stacked100"), Size.WIDE)
    assert {"51%", "49%", "no figure: Men"} <= set(words(svg))
    assert len(boxes(svg)) == 2 + 2


def test_stack_of_zeros_is_no_error():
    assert "0" in words(draw_inline(stacked(rows=[["Haiti", 0, 0]]), Size.WIDE))
    draw_inline(stacked("stacked100", rows=[["Haiti", 0, 0]]), Size.WIDE)


@pytest.mark.parametrize("columns", [[PLACE, PEOPLE], [YEAR, PEOPLE]])
@pytest.mark.parametrize("size", list(Size))
def test_figures_below_zero_go_the_other_way_from_the_same_line(columns, size):
    first, second = (2000, 2010) if columns[0] is YEAR else ("a", "b")
    svg = draw_inline(chart("bar", columns, [[first, 30], [second, -60]]), size)
    up, down = list(ElementTree.fromstring(svg).iter(f"{SVG}rect"))
    if columns[0] is PLACE:
        assert float(down.get("x")) + float(down.get("width")) == pytest.approx(float(up.get("x")), abs=0.2)
        assert float(down.get("width")) == pytest.approx(2 * float(up.get("width")), abs=0.2)
    else:
        assert float(up.get("y")) + float(up.get("height")) == pytest.approx(float(down.get("y")), abs=0.2)
    assert "-60" in words(svg)


def test_line_below_zero_stays_on_the_canvas():
    svg = draw_inline(chart("line", [YEAR, PEOPLE], [[1990, -120], [2000, 30]]), Size.WIDE)
    height = float(ElementTree.fromstring(svg).get("viewBox").split()[3])
    assert all(0 < float(c.get("cy")) < height for c in ElementTree.fromstring(svg).iter(f"{SVG}circle"))
    assert {"-150", "0", "50"} <= set(words(svg))


def test_line_has_a_gap_where_there_is_no_figure():
    svg = draw_inline(chart("line", [YEAR, PEOPLE], [[1990, 1], [1995, 2], [2000, None], [2005, 3]]), Size.WIDE)
    drawn = [e for e in ElementTree.fromstring(svg).iter(f"{SVG}polyline") if e.get("stroke-width") == "3"]
    assert [len(line.get("points").split()) for line in drawn] == [2, 1]
    assert len(list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))) == 3


def test_line_that_ends_early_says_when():
    svg = draw_inline(chart("line", [YEAR, WOMEN, MEN], [[1990, 1, 2], [2015, 3, 4], [2020, None, 5]]), Size.WIDE)
    assert {"3", "(2015)", "5"} <= set(words(svg))


def test_one_row_and_one_year_are_drawn():
    assert "2,585" in words(draw_inline(chart("bar", [PLACE, PEOPLE], [["Haiti", 2585]]), Size.NARROW))
    assert "8,440" in words(draw_inline(chart("line", [YEAR, PEOPLE], [[2024, 8440]]), Size.NARROW))


def test_row_of_the_total_is_not_drawn():
    drawn = bars()
    drawn = replace(drawn, table=replace(drawn.table, totals=(True, False)))
    assert "Haiti" not in words(draw_inline(drawn, Size.WIDE))


@pytest.mark.parametrize("drawn", [bars(), stacked(), lines(), chart("bar", [YEAR, PEOPLE], [[1990, 1], [2015, 2]])])
@pytest.mark.parametrize("size", list(Size))
def test_annotation_stands_at_its_place(drawn, size):
    at = "Haiti" if drawn.table.columns[0] is PLACE else "2015"
    svg = draw_inline(replace(drawn, annotations=(Annotation(at, "Why"), Annotation("1066", "Never"))), size)
    assert "Why" in words(svg)
    assert "Never" not in words(svg)


def test_rows_that_have_no_room_in_a_picture_are_counted_and_the_highlighted_one_is_kept():
    rows = [[f"Place {number}", 100 - number] for number in range(60)]
    drawn = chart("bar", [PLACE, PEOPLE], rows, highlight="Place 50")
    said = words(draw_svg(drawn, shape=Shape.WIDE))
    assert "Place 50" in said
    assert any("more in the table" in word for word in said)
    assert {"Place 0", "Place 59"} <= set(words(draw_svg(drawn)))


LONG = {
    "fr": "Le nombre de résidents de la Dominique nés à l’étranger a plus que triplé entre 1990 et 2024, d’après l’ONU",
    "ar": "واحد من كل ثمانية أشخاص يعيشون في دومينيكا ولدوا في بلد آخر في عام 2024 وفقا لتقديرات الأمم المتحدة",
    "en": "W" * 150,
}


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
@pytest.mark.parametrize("form", ["bar", "line", "stacked", "share"])
def test_words_of_a_picture_never_overflow(settings, form, language, shape):
    settings.FORMATS_FROM = {**settings.FORMATS_FROM, "ar": "ar"}
    made = {
        "bar": bars(texts={"Haiti": LONG[language]}),
        "line": lines(),
        "stacked": stacked(texts={"Haiti": LONG[language]}),
        "share": share(),
    }[form]
    drawn = replace(
        made,
        language=language,
        table=replace(made.table, language=language),
        title=LONG[language],
        subtitle=LONG[language] * 2,
        source=LONG[language] * 3,
        number=made.number and replace(made.number, label=LONG[language]),
    )
    image = Image.open(io.BytesIO(draw_picture(drawn, "The office", shape))).convert("L")
    ground = image.getpixel((2, image.height - 2))
    for edge in (
        (0, 20, 40, image.height),
        (image.width - 40, 20, image.width, image.height),
        (0, image.height - 12, image.width, image.height),
    ):
        least, most = image.crop(edge).getextrema()
        assert most - least < 12
        assert abs(least - ground) < 12


def test_charts_of_a_right_to_left_language_begin_at_the_right_and_years_do_not(settings):
    settings.FORMATS_FROM = {**settings.FORMATS_FROM, "ar": "ar"}
    (english, _gap), (arabic, _other) = (boxes(draw_inline(bars(code), Size.NARROW)) for code in ("en", "ar"))
    assert english[0] == 0
    assert arabic[0] + arabic[1] == Size.NARROW.value
    assert [c.get("cx") for c in ElementTree.fromstring(draw_inline(lines("ar"), Size.WIDE)).iter(f"{SVG}circle")] == [
        c.get("cx") for c in ElementTree.fromstring(draw_inline(lines("en"), Size.WIDE)).iter(f"{SVG}circle")
    ]


def test_figures_keep_their_sign_in_front_in_a_right_to_left_language(settings):
    settings.FORMATS_FROM = {**settings.FORMATS_FROM, "ar": "ar"}
    said = words(draw_inline(chart("bar", [PLACE, PEOPLE], [["هايتي", -60]], language="ar"), Size.WIDE))
    assert "\u2067هايتي\u2069" in said
    assert any(word.endswith("60") for word in said)


@pytest.mark.parametrize("text", ["", "a", "W" * 400, "one two three", "واحد من كل ثمانية", "é̂" * 50])
def test_lines_fit_the_width_that_they_are_broken_for(text):
    for width in (40, 120, 680):
        assert all(width_of(line) <= width for line in wrap(text, width))
        assert "".join(wrap(text, width)).replace(" ", "") == text.replace(" ", "")


def test_text_that_has_no_room_gives_way_to_an_ellipsis():
    assert cut("one two three", 1000, 15, 1) == ["one two three"]
    shortened = cut("one two three four five six seven " * 5, 120, 15, 2)
    assert len(shortened) == 2
    assert shortened[-1].endswith(" …")
    assert all(width_of(line) <= 120 for line in shortened)
