import io
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from home.models import InfographicPage


def column(block: Any, **changed: str) -> tuple[str, dict[str, str]]:
    """A column as the form sends it."""
    return "column", {name: value or "" for name, value in {**block.value, **changed}.items()}


def editing(page: InfographicPage, **changed: Any) -> dict[str, Any]:
    """What the editor of an infographic sends."""
    columns = [column(block) for block in page.columns]
    data = {
        "title": page.title,
        "slug": page.slug,
        "join-count": "0",
        "summary": page.summary,
        "subtitle": page.subtitle,
        "published": page.published.isoformat(),
        "topics": {
            "TOTAL_FORMS": 0,
            "INITIAL_FORMS": 0,
            "MIN_NUM_FORMS": 0,
            "MAX_NUM_FORMS": 1000,
        },
        "chart": page.chart,
        "columns": streamfield(columns),
        "annotations": streamfield([]),
        "data": "year\tmigrants_female\tmigrants_male\n1990\t1210\t1309\n2015\t3878\t4215\n",
        "data-notation": "",
        "number_format": page.number_format,
        "text_summary": page.text_summary,
        "source": page.source,
        "data_year": page.data_year,
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
    }
    return nested_form_data({**data, **changed})


def save(editor: Client, page: InfographicPage, **changed: Any) -> Any:
    return editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), editing(page, **changed))


def draft(page: InfographicPage) -> InfographicPage:
    return InfographicPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def test_pasted_table_is_kept_as_a_draft(editor: Client, infographic: InfographicPage):
    assert save(editor, infographic).status_code == 302
    assert draft(infographic).data["rows"] == [[1990, 1210, 1309], [2015, 3878, 4215]]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("year\tmigrants_female\tmigrants_male\n1990\tmany\t1309\n", "B2: “many” is not a number."),
        ("year\tmigrants_female\tmigrants_male\n1990\t1,210\t1309\n", "B2: “1,210” can mean 1210 or 1.21."),
        ("year\tmigrants_female\tmigrants_male\n1990\t12%\t1309\n", "B2: “12%” is in per cent, but its column is not."),
        ("year\tmigrants_female\n1990\t12\n", "no column “migrants_male”"),
        ("year\tmigrants_female\tmigrants_male\n1990\n", "Row 2 has 1 cells"),
        ("year\tyear\n1990\t12\n", "B1: each column needs its own name"),
    ],
)
def test_wrong_table_is_refused_beside_the_field_and_what_was_pasted_is_kept(
    editor: Client, infographic: InfographicPage, table, said
):
    before = draft(infographic).data
    response = save(editor, infographic, data=table)
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert said in " ".join(errors["data"])
    assert set(errors) == {"data"}
    page = response.content.decode()
    shown = page[page.index('<textarea name="data"') :]
    assert "1990" in shown[: shown.index("</textarea>")]
    assert draft(infographic).data == before


def test_faults_of_every_kind_are_named_at_once(editor: Client, infographic: InfographicPage):
    table = "year\tmigrants_female\tmigrants_male\n1990\t1,210\t12%\n19\tn/a\t1309\n"
    errors = save(editor, infographic, data=table).context["form"].errors["data"]
    assert errors == [
        "B2: “1,210” can mean 1210 or 1.21. Say below how numbers are written.",
        "C2: “12%” is in per cent, but its column is not.",
        "A3: “19” is not a year.",
        "B3: “n/a” is no figure. Leave the cell empty where there is none.",
    ]


def test_editor_may_say_how_numbers_are_written(editor: Client, infographic: InfographicPage):
    table = "year\tmigrants_female\tmigrants_male\n1990\t1,210\t1,309\n"
    assert save(editor, infographic, data=table, **{"data-notation": "point"}).status_code == 302
    assert draft(infographic).data["rows"] == [[1990, 1210, 1309]]


def test_per_cent_sign_is_fine_in_a_column_of_per_cent(editor: Client, infographic: InfographicPage):
    year, *shares = infographic.columns
    columns = [column(year), *(column(block, format="percent") for block in shares)]
    table = "year\tmigrants_female\tmigrants_male\n1990\t48.0%\t52.0%\n"
    assert save(editor, infographic, data=table, columns=streamfield(columns)).status_code == 302
    assert draft(infographic).data["rows"] == [[1990, 48.0, 52.0]]


def test_year_of_the_data_is_required_and_has_four_digits(editor: Client, infographic: InfographicPage):
    response = editor.post(
        reverse("wagtailadmin_pages:edit", args=[infographic.pk]),
        {**editing(infographic, data_year="last year"), "action-publish": "1"},
    )
    assert "data_year" in response.context["form"].errors


def test_total_that_is_none_is_refused(editor: Client, infographic: InfographicPage):
    table = "year\tmigrants_female\tmigrants_male\n1990\t1210\t1309\n1991\t1210\t13090\n"
    response = save(editor, infographic, data=table, total_row="1991")
    assert response.context["form"].errors["data"] == ["C3 is 13090, but its parts (C2) add up to 1309."]


def test_editor_previews_the_chart_of_what_is_pasted(editor: Client, infographic: InfographicPage):
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[infographic.pk])
    table = "year\tmigrants_female\tmigrants_male\n1990\t1210\t1309\n2024\t98765\t4215\n"
    assert editor.post(address, editing(infographic, data=table)).json()["is_valid"]
    assert "98,765" in editor.get(address).content.decode()


def upload(client: Client, content: bytes, name: str = "figures.csv", **more: str) -> Any:
    file = io.BytesIO(content)
    file.name = name
    return client.post(reverse("home_read_spreadsheet"), {"file": file, **more})


def test_uploaded_file_comes_back_as_text_and_nothing_is_kept(editor: Client, infographic: InfographicPage):
    before = InfographicPage.objects.get(pk=infographic.pk).latest_revision_id
    answer = upload(editor, b"year;share\r\n1990;48,5\r\n").json()
    assert answer == {"text": "year;share\n1990;48,5\n", "notes": [], "errors": []}
    assert InfographicPage.objects.get(pk=infographic.pk).latest_revision_id == before


def test_faulty_file_comes_back_with_its_text_and_every_fault(editor: Client):
    response = upload(editor, b"name\tpeople\nHaiti\t1,234\nCuba\t1\t2\n")
    assert response.status_code == 422
    assert response.json()["text"]
    assert response.json()["errors"] == ["Row 3 has 3 cells, but the first line names 2 columns."]


@pytest.mark.parametrize(
    ("uploaded", "name", "said"),
    [
        (b"<svg><script>alert(1)</script></svg>", "table.csv", "a drawing or a web page"),
        (b"a,b\n" * 2_500_000, "table.csv", "larger than 1000 kB"),
        (b"PK\x03\x04", "table.xlsx", "broken"),
        (b"a\n" + b"x\n" * 400_000, "long.csv", "500 rows"),
    ],
    ids=["drawing", "size", "workbook", "rows"],
)
def test_hostile_file_is_refused_with_a_message(editor: Client, uploaded, name, said):
    response = upload(editor, uploaded, name)
    assert response.status_code == 422
    assert response.json()["text"] == ""
    assert said in response.json()["errors"][0]


def test_file_is_required(editor: Client):
    assert editor.post(reverse("home_read_spreadsheet")).json()["errors"] == ["Choose a file."]
    assert editor.get(reverse("home_read_spreadsheet")).status_code == 405


@pytest.mark.parametrize(
    ("role", "status"),
    [("Editors", 422), ("Approvers", 422), ("Evaluators", 403), ("Data officers", 403), (None, 403)],
)
def test_only_who_may_edit_pages_reads_a_spreadsheet(site, client: Client, django_user_model, role, status):
    if role:
        user = django_user_model.objects.create_user("somebody")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
    asked = client.post(reverse("home_read_spreadsheet"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert asked.status_code == status
