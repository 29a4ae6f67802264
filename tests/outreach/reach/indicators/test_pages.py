"""The pages of a results framework: who gets which, and what they do with what is typed."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail.users.models import UserProfile

from home.models import CampaignPage
from outreach.audience.models import Segment
from outreach.broadcasts.campaign import Campaign
from outreach.reach.documents import pdf
from outreach.reach.indicators import keeping
from outreach.reach.indicators.framework import Indicator, Result, Target
from outreach.reach.indicators.populations import PopulationEstimate
from outreach.reach.indicators.records import Entry, Estimate, Spend
from outreach.reach.indicators.trail import Change
from outreach.reach.metrics import COST, ESTIMATED_AUDIENCE

from .conftest import NOW

pytestmark = pytest.mark.django_db

ROLES = ("editor", "approver", "evaluator", "data officer", "administrator", "superuser")
READERS = {"editor", "approver", "evaluator", "superuser"}
KEEPERS = {"editor", "approver", "superuser"}
PAGES = {
    "index": (READERS, ()),
    "logframe": (READERS, ("campaign",)),
    "indicator": (READERS, ("indicator",)),
    "import": (KEEPERS, ("campaign",)),
    "add_result": (KEEPERS, ("campaign",)),
    "edit_result": (KEEPERS, ("result",)),
    "add_indicator": (KEEPERS, ("campaign",)),
    "edit_indicator": (KEEPERS, ("indicator",)),
    "drop_indicator": (KEEPERS, ("indicator",)),
    "target": (KEEPERS, ("indicator", "quarter")),
    "add_entry": (READERS, ("indicator",)),
    "edit_entry": (KEEPERS, ("indicator", "entry")),
    "add_estimate": (READERS, ("campaign",)),
    "edit_estimate": (KEEPERS, ("estimate",)),
    "add_population": (KEEPERS, ("campaign",)),
    "edit_population": (KEEPERS, ("population",)),
    "add_spend": (KEEPERS, ("campaign",)),
    "edit_spend": (KEEPERS, ("spend",)),
}
PERIOD = {"first_day": "2026-10-01", "last_day": "2026-10-31"}


@pytest.fixture
def rows(campaign, result, make, enter, editor) -> dict[str, object]:
    indicator = make("Stories")
    given = {"first_day": date(2026, 10, 1), "last_day": date(2026, 10, 2), "source": "Sheet"}
    estimate = Estimate(campaign=campaign, medium="event", title="Fair", number=60, method="signed", grade="A", **given)
    spend = Spend(campaign=campaign, amount=5, **given)
    population = PopulationEstimate(campaign=campaign, people=66_205, year=2024, source="World Bank")
    return {
        "campaign": campaign.pk,
        "result": result.pk,
        "indicator": indicator.pk,
        "entry": enter(indicator, 7).pk,
        "estimate": keeping.keep_estimate(estimate=estimate, user=editor, now=NOW).pk,
        "population": keeping.keep_population(population=population, user=editor, now=NOW).pk,
        "spend": keeping.keep_spend(spend=spend, user=editor, now=NOW).pk,
        "quarter": "2026-Q4",
    }


@pytest.fixture
def address(rows):
    return lambda name: reverse(f"results:{name}", args=[rows[part] for part in PAGES[name][1]])


@pytest.fixture
def as_role(client, member):
    def as_role(role: str):
        client.force_login(member(role))
        return client

    return as_role


def main(answer) -> str:
    return " ".join(BeautifulSoup(answer.content, "html.parser").select_one("main, #main").text.split())


def typed(answer) -> dict[str, str]:
    """What a form holds when it is opened."""
    form = BeautifulSoup(answer.content, "html.parser").select_one("#w-editor-form")
    given = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    given |= {each["name"]: each.text.strip("\r\n") for each in form.select("textarea[name]")}
    for select in form.select("select[name]"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        given[select["name"]] = chosen["value"]
    return given


@pytest.mark.parametrize("name", PAGES)
def test_each_role_gets_what_it_may(as_role, address, name):
    answers = {role: as_role(role).get(address(name)) for role in ROLES}

    assert {role for role, answer in answers.items() if answer.status_code == 200} == PAGES[name][0]
    for answer in answers.values():
        assert answer.status_code == 200 or answer["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", [name for name in PAGES if PAGES[name][0] != READERS or name.startswith("add")])
def test_who_may_not_open_a_form_may_not_send_it(as_role, address, name):
    before = Change.objects.count()
    for role in set(ROLES) - PAGES[name][0]:
        assert as_role(role).post(address(name), {"reason": "x", "value": "1"})["Location"] == reverse(
            "wagtailadmin_home"
        )
    assert Change.objects.count() == before


@pytest.mark.parametrize("name", PAGES)
def test_nobody_outside_gets_anything(client, address, name):
    assert client.get(address(name))["Location"].startswith(reverse("wagtailadmin_login"))


@pytest.mark.parametrize("name", ["xlsx", "pdf", "csv", "code_book"])
@pytest.mark.parametrize("role", [role for role in ROLES if role not in READERS])
def test_no_file_for_those_who_may_not_read(as_role, rows, name, role):
    answer = as_role(role).get(reverse(f"results:{name}", args=[rows["campaign"]]))
    assert answer["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", [name for name in PAGES if PAGES[name][1]])
def test_what_is_not_there_is_not_found(as_role, name):
    args = ["2026-Q4" if part == "quarter" else 4711 for part in PAGES[name][1]]
    assert as_role("superuser").get(reverse(f"results:{name}", args=args), follow=True).status_code == 404


def test_a_quarter_that_is_none_is_not_found(as_role, rows):
    assert (
        as_role("editor").get(reverse("results:target", args=[rows["indicator"], "2026-Q7"]), follow=True).status_code
        == 404
    )


def test_nothing_is_entered_where_the_system_counts(as_role, make):
    counted = make("Reached", code="R1", metric="R1")
    assert as_role("editor").get(reverse("results:add_entry", args=[counted.pk]), follow=True).status_code == 404
    assert "Enter a value" not in main(as_role("editor").get(reverse("results:indicator", args=[counted.pk])))


def test_an_evaluator_finds_results_in_the_menu_and_an_administrator_does_not(as_role, rows):
    home = reverse("wagtailadmin_home")
    assert reverse("results:index") in as_role("evaluator").get(home).content.decode()
    assert f'"{reverse("results:index")}"' not in as_role("administrator").get(home).content.decode()


def test_the_logframe_marks_what_was_entered_what_is_unknown_and_what_was_not_measured(as_role, address, make):
    make("Reached", code="R1", metric="R1")

    said = main(as_role("evaluator").get(address("logframe")))

    assert "Stories Count not measured – 7 entered ·" in said
    assert "R1 Reached Count not measured – – counted" in said
    assert "Fair" in said
    assert "never added up" in said


def test_without_enough_stated_genders_there_is_no_headline_of_a_female_share(as_role, of_2025):
    client = as_role("evaluator")
    for indicator in of_2025():
        page = BeautifulSoup(client.get(reverse("results:indicator", args=[indicator.pk])).content, "html.parser")
        cards = {each.h2.text: " ".join(each.get_text(" ").split()) for each in page.select(".reach-figure")}
        assert cards["Female share"] == (
            "Female share – No headline: gender is not known of enough of those reached. Gender completeness: 54.5%"
        )
        assert "40.0%" not in cards["Actual"]
    quarter = page.select_one(".results-table tbody tr")
    assert "40.0%" in quarter.text
    assert quarter.text.count("Gender completeness: 54.5%") == 2
    frame = BeautifulSoup(client.get(reverse("results:logframe", args=[indicator.campaign.pk])).content, "html.parser")
    assert [" ".join(cell.get_text(" ").split()) for cell in frame.select("td[data-label='F %']")] == [
        "40.0% Gender completeness: 54.5%"
    ] * 2


@pytest.mark.parametrize(("role", "linked"), [("evaluator", True), ("editor", False)])
def test_estimates_and_cost_say_how_they_are_defined_and_lead_there(as_role, address, role, linked):
    answer = as_role(role).get(address("logframe"))
    page = BeautifulSoup(answer.content, "html.parser")
    links = [link["href"] for link in page.select(".results-definition a")]

    for metric in (COST, ESTIMATED_AUDIENCE):
        assert f"{metric.name}: {metric.definition}" in main(answer)
        assert (f"{reverse('reach:definitions')}#metric-{metric.slug}" in links) == linked


def test_an_evaluator_is_offered_no_button_that_they_may_not_press(as_role, address):
    evaluators = main(as_role("evaluator").get(address("logframe")))
    assert "Add an estimate" in evaluators
    for offer in ("Add a result", "Load a framework", "Add spending", "Change", "Add an indicator"):
        assert offer not in evaluators.split("How to read this")[0]
        assert offer in main(as_role("editor").get(address("logframe")))


def test_demo_data_is_marked(as_role, address, campaign):
    said = [main(as_role("evaluator").get(address(name))) for name in ("logframe", "indicator")]
    assert not any("Demo data" in each for each in said)
    type(campaign).objects.update(is_demo=True)
    said = [main(as_role("evaluator").get(address(name))) for name in ("index", "logframe", "indicator")]
    assert all("Demo data" in each for each in said)


def test_an_editor_makes_a_result_an_indicator_and_its_target(as_role, campaign):
    client = as_role("editor")
    client.post(
        reverse("results:add_result", args=[campaign.pk]),
        {"level": "outcome", "statement": "More is known", "order": "1"},
    )
    result = Result.objects.get()
    opened = typed(client.get(reverse("results:add_indicator", args=[campaign.pk]), {"result": result.pk}))
    client.post(
        reverse("results:add_indicator", args=[campaign.pk]),
        {**opened, "name": "Correct answers", "unit": "share", "baseline": "31", "baseline_date": "2026-09-01"},
    )
    indicator = Indicator.objects.get()
    address = reverse("results:target", args=[indicator.pk, "2027-Q3"])
    answer = client.post(address, {**typed(client.get(address)), "value": "50"})

    assert answer["Location"] == reverse("results:indicator", args=[indicator.pk])
    assert (indicator.result, indicator.baseline, Target.objects.get().value) == (result, 31, 50)
    assert {change.by_name for change in Change.objects.all()} == {"editor"}


def test_an_evaluator_enters_a_survey_and_an_estimate(as_role, make, campaign):
    knowledge = make(code="O2", unit="share")
    client = as_role("evaluator")
    address = reverse("results:add_entry", args=[knowledge.pk])
    given = {**typed(client.get(address)), **PERIOD, "numerator": "156", "n": "372", "women": "182"}
    answer = client.post(address, {**given, "method": "Drawn at random", "verification": "Survey report", "grade": "B"})

    assert answer.status_code == 302
    assert "entered" in main(client.get(reverse("results:indicator", args=[knowledge.pk])))

    address = reverse("results:add_estimate", args=[campaign.pk])
    given = {**typed(client.get(address)), **PERIOD, "medium": "radio", "title": "Talk", "number": "9000"}
    client.post(address, {**given, "method": "letter", "grade": "C", "source": "Letter"})
    assert Estimate.objects.get().number == 9000

    given = {**typed(client.get(address)), **PERIOD, "medium": "event", "title": "Visit", "number": "3"}
    client.post(address, {**given, "method": "signed", "grade": "A", "source": "Sheet"})
    assert "fewer than 5" in main(client.get(reverse("results:logframe", args=[campaign.pk])))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"last_day": "2026-09-01"}, "The last day is before the first."),
        ({"first_day": "yesterday"}, "Enter a valid date."),
        ({"value": "many"}, "Enter a number."),
        ({"value": "NaN"}, "Enter a number."),
        ({"value": "-1"}, "This can't be less than 0."),
        ({"value": ""}, "Write the value. What is unknown is left out, and is not 0."),
        ({"value": "1" * 40}, "Ensure that there are no more than"),
        ({"women": "8"}, "There can't be more women than people."),
        ({"women": "-3"}, "Ensure this value is greater than or equal to 0."),
        ({"verification": ""}, "This field is required."),
        ({"grade": "Z"}, "Select a valid choice."),
        ({"n": "99999999999999999999"}, "Ensure this value is less than or equal to"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_typed_is_lost(as_role, rows, address, given, said):
    client = as_role("evaluator")
    opened = typed(client.get(address("add_entry")))
    whole = {**opened, **PERIOD, "value": "7", "verification": "Site", "note": "Kept as typed", "grade": "B", **given}

    answer = client.post(address("add_entry"), whole)

    assert answer.status_code == 422
    assert said in BeautifulSoup(answer.content, "html.parser").text
    assert "Kept as typed" in answer.content.decode()
    assert Entry.objects.count() == 1


def population(client, campaign, **given) -> object:
    """What the page answers to a form that was filled in; each is opened anew."""
    address = reverse("results:add_population", args=[campaign.pk])
    whole = {"people": "8440", "year": "2024", "source": "UN DESA", "note": "Kept as typed", **given}
    return client.post(address, {**typed(client.get(address)), **whole})


def test_an_editor_enters_the_size_of_a_group_and_reads_it_with_year_and_source(as_role, campaign):
    Segment.objects.create(code="workers", name="Workers", rule={"field": "group", "in": ["worker"]})
    client = as_role("editor")
    address = reverse("results:logframe", args=[campaign.pk])
    assert "None was entered, so the coverage of the groups is unknown." in main(client.get(address))
    assert population(client, campaign, segment="workers", gender="woman")["Location"] == address
    answer = client.get(address)
    row = BeautifulSoup(answer.content, "html.parser").select_one(
        "section[aria-labelledby=results-populations] tbody tr"
    )
    assert row.get_text(" ", strip=True) == "Workers · Women 2024 Kept as typed 8,440 2024 UN DESA –"
    said = main(answer)
    assert "Population estimate: Workers · Women" in said.split("History")[1]
    (found,) = PopulationEstimate.objects.all()
    edit = reverse("results:edit_population", args=[found.pk])
    assert typed(client.get(edit))["segment"] == "workers"
    opened = typed(client.get(edit))
    assert client.post(edit, {**opened, "people": "8500"}).status_code == 422
    assert client.post(edit, {**opened, "people": "8500", "reason": "A typing error"}).status_code == 302
    assert client.post(edit, {**opened, "people": "8600", "reason": "Second"}).status_code == 422
    assert PopulationEstimate.objects.get().people == 8500


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"people": "0"}, "A group of fewer than 10 is not entered"),
        ({"people": "9"}, "A group of fewer than 10 is not entered"),
        ({"people": ""}, "This field is required."),
        ({"people": "-5"}, "Ensure this value is greater than or equal to 0."),
        ({"people": "many"}, "Enter a whole number."),
        ({"people": "9" * 30}, "Ensure this value is less than or equal to"),
        ({"year": "9999"}, "This year has not begun."),
        ({"year": "1066"}, "Ensure this value is greater than or equal to 1900."),
        ({"year": ""}, "This field is required."),
        ({"source": ""}, "This field is required."),
        ({"source": "  "}, "This field is required."),
        ({"segment": "nobody"}, "Select a valid choice."),
        ({"gender": "undisclosed"}, "Select a valid choice."),
    ],
)
def test_a_bad_size_is_said_at_its_field_and_nothing_typed_is_lost(as_role, campaign, given, said):
    answer = population(as_role("editor"), campaign, **given)
    assert answer.status_code == 422
    assert said in BeautifulSoup(answer.content, "html.parser").text
    assert "Kept as typed" in answer.content.decode()
    assert not PopulationEstimate.objects.exists()


def test_a_double_click_saves_one_size_and_a_second_one_of_the_same_group_and_year_is_told(as_role, campaign):
    client = as_role("editor")
    address = reverse("results:add_population", args=[campaign.pk])
    given = {**typed(client.get(address)), "people": "8440", "year": "2024", "source": "UN DESA"}
    assert [client.post(address, given).status_code for _twice in range(2)] == [302, 302]
    again = population(client, campaign, people="9000")
    assert again.status_code == 422
    assert "There is an estimate of this group for this year already." in again.content.decode()
    assert PopulationEstimate.objects.get().people == 8440


def test_a_double_click_saves_one_entry(as_role, address, rows):
    client = as_role("evaluator")
    given = {**typed(client.get(address("add_entry"))), **PERIOD, "value": "8", "verification": "Site", "grade": "B"}

    answers = [client.post(address("add_entry"), given).status_code for _twice in range(2)]

    assert answers == [302, 302]
    assert Entry.objects.count() == 2


def test_of_two_editors_the_second_is_told_and_sees_what_they_typed(as_role, address, rows):
    client = as_role("editor")
    opened = typed(client.get(address("edit_entry")))
    client.post(address("edit_entry"), {**opened, "value": "8", "reason": "First"})

    answer = client.post(address("edit_entry"), {**opened, "value": "9", "reason": "Second"})

    assert answer.status_code == 422
    assert "Somebody changed this after you opened it." in answer.content.decode()
    assert typed(answer)["value"] == "9"
    assert Entry.objects.get().value == 8


def test_a_change_without_a_reason_is_refused(as_role, address, rows):
    client = as_role("editor")
    answer = client.post(address("edit_entry"), {**typed(client.get(address("edit_entry"))), "value": "8"})

    assert answer.status_code == 422
    assert "Say why this is changed" in answer.content.decode()
    assert Entry.objects.get().value == 7


def test_a_share_is_computed_anew_from_its_corrected_parts(as_role, make, enter):
    indicator = make(unit="share")
    entry = enter(indicator, numerator=1, n=2)
    address = reverse("results:edit_entry", args=[indicator.pk, entry.pk])
    client = as_role("editor")

    client.post(address, {**typed(client.get(address)), "n": "4", "reason": "A typing error"})

    assert Entry.objects.get().value == 25


def test_an_empty_target_is_taken_away(as_role, address, rows):
    client = as_role("editor")
    client.post(address("target"), {**typed(client.get(address("target"))), "value": "40"})
    opened = typed(client.get(address("target")))

    assert client.post(address("target"), {**opened, "value": ""}).status_code == 422
    client.post(address("target"), {**opened, "value": "", "reason": "Not planned any more"})

    assert not Target.objects.exists()
    assert "Not planned any more" in main(client.get(address("indicator")))


@pytest.mark.parametrize(("unit", "field"), [("share", "value"), ("text", "text")])
def test_no_target_is_offered_or_taken_for_opens(as_role, make, unit, field):
    opens = make(code="E2", unit=unit)
    client = as_role("editor")
    address = reverse("results:target", args=[opens.pk, "2026-Q4"])
    answer = client.post(address, {**typed(client.get(address)), field: "40"})

    assert address not in client.get(reverse("results:indicator", args=[opens.pk])).content.decode()
    assert answer.status_code == 422
    assert "never a target" in main(answer)
    assert not Target.objects.exists()


def test_what_is_typed_is_never_markup(as_role, address, campaign, editor, result, make):
    make("<script>alert(1)</script>", definition="<b>bold</b>", verification="<img src=x>")
    html = as_role("evaluator").get(address("logframe")).content.decode()

    assert "<script>alert(1)" not in html
    assert "<img src=x>" not in html


def test_a_framework_is_tried_and_then_loaded(as_role, campaign):
    client, address = as_role("editor"), reverse("results:import", args=[campaign.pk])

    def send(text: str, **given):
        return client.post(address, {"file": SimpleUploadedFile("frame.csv", text.encode()), **given})

    good = "level,result,indicator,target\nOutput,Done,Stories,40\n"
    assert "results 1, indicators 1, targets 1" in main(send(good, dry_run="on"))
    assert not Result.objects.exists()
    bad = send(good + "Output,Done,Cards,x\n")
    assert bad.status_code == 422
    assert "Line 3: target: Write a number like 1500" in main(bad)
    assert not Result.objects.exists()
    assert send("nothing").status_code == 422
    assert client.post(address, {}).status_code == 422
    assert send(good)["Location"] == reverse("results:logframe", args=[campaign.pk])
    assert Target.objects.get().value == 40


def test_without_a_campaign_the_page_says_so(as_role, db):
    assert "There is no campaign yet." in main(as_role("evaluator").get(reverse("results:index")))


def test_an_empty_framework_says_what_to_do(as_role, campaign):
    address = reverse("results:logframe", args=[campaign.pk])
    assert "load a framework" in main(as_role("editor").get(address))
    assert "an editor adds the results" in main(as_role("evaluator").get(address))
    assert as_role("editor").get(reverse("results:add_indicator", args=[campaign.pk]), follow=True).status_code == 404


def test_a_campaign_with_a_framework_can_not_be_deleted(as_role, rows, campaign):
    answer = as_role("superuser").post(reverse("campaigns:delete", args=[campaign.pk]), follow=True)

    assert "results belong to this campaign" in answer.content.decode()
    assert type(campaign).objects.filter(pk=campaign.pk).exists()


def test_pdf_of_a_script_without_a_font_is_refused_in_words(as_role, rows, monkeypatch):
    Campaign.objects.update(name="حقوق العمال")
    monkeypatch.setattr(pdf, "_families", lambda: frozenset({"Libertinus Serif"}))
    answer = as_role("evaluator").get(reverse("results:pdf", args=[rows["campaign"]]))
    assert answer.status_code == 503
    assert "Arabic" in answer.content.decode()


@pytest.mark.parametrize("name", ["index", "logframe", "indicator", "edit_spend"])
def test_campaign_and_days_are_written_in_the_language_of_whoever_reads(as_role, address, member, name):
    locale, _made = Locale.objects.get_or_create(language_code="ht")
    page = CampaignPage(title="Dwa nou", slug="dwa", summary="Dwa.", purpose="<p>Dwa.</p>", results_slug="rights")
    page.locale = locale
    Page.get_first_root_node().add_child(instance=page)
    UserProfile.objects.update_or_create(user=member("editor"), defaults={"preferred_language": "ht"})
    shown = BeautifulSoup(as_role("editor").get(address(name)).content, "html.parser")
    assert "Dwa nou" in shown.select_one("#main").text
    assert not shown.find(string="Rights")
    if name in ("index", "logframe"):
        assert "1 oktòb 2026 – 30 septanm 2027" in shown.text
