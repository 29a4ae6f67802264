"""Definitions are frozen with the figures: what a metric said and how it was computed stays as it was."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach.about import definition
from outreach.reach.disclosure import Shown
from outreach.reach.downloads import code_book
from outreach.reach.metrics import DEFINITIONS_VERSION, METRICS, REACHED
from outreach.reach.metrics.kept import TODAY, Definitions, KeptText, kept_definitions
from outreach.reach.periods import parse
from outreach.reach.report_document import report_document
from outreach.reach.snapshots import payload
from outreach.reach.snapshots.closing import close_due
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.snapshots.reading import content_of
from outreach.reach.tables import report
from tests.outreach.reach.conftest import CLOSED

OLD = Path(__file__).parent / "stored" / "definitions-2.json"
"""A payload as it was stored before definitions were kept: of November, with the ledger of these tests."""
OLD_DIGEST = "b8a016e88c7fe5fa22650da76a93b105d6ec1079ac11804bdfad2d24b283a990"


@pytest.fixture
def old(db) -> Snapshot:
    """The snapshot of the file above."""
    text = OLD.read_text(encoding="utf-8")
    content = json.loads(text)
    return Snapshot.objects.create(
        number=2,
        kind=content["kind"],
        place=content["place"],
        first_day=content["first_day"],
        last_day=content["last_day"],
        version=1,
        taken_at=CLOSED,
        definitions=content["definitions"],
        payload=text,
        digest=OLD_DIGEST,
    )


def rewritten(snapshot: Snapshot, slug: str, **parts) -> Snapshot:
    """The snapshot as if a metric had been defined otherwise when it was taken."""
    content = json.loads(snapshot.payload)
    (found,) = [each for each in content["metrics"] if each["slug"] == slug]
    found |= parts
    text = payload.canonical(content)
    Snapshot._base_manager.filter(pk=snapshot.pk).update(payload=text, digest=payload.digest(text), definitions="2")
    return Snapshot.objects.get(pk=snapshot.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_snapshot_keeps_every_metric_with_all_that_defines_it_in_english_whoever_takes_it(october, language):
    with override(language):
        (snapshot,) = close_due(now=CLOSED)
    found = {each["slug"]: each for each in content_of(snapshot)["metrics"]}
    assert list(found) == [metric.slug for metric in METRICS]
    with override("en"):
        for metric in METRICS:
            for part in ("name", "definition", "formula", "unit", "limits", "is_not", "unknown", "source"):
                assert found[metric.slug][part] == str(getattr(metric, part))
            assert found[metric.slug]["version"] == metric.version
    assert found["delivery_rate"]["numerator"] == ["accepted"]


def test_what_was_kept_of_today_is_today():
    again = Definitions(json.loads(payload.canonical({"metrics": kept_definitions()}))["metrics"])
    assert again.is_kept
    assert all(mine is today for mine, today in zip(again.metrics, METRICS, strict=True))
    assert not TODAY.is_kept


def test_a_text_that_is_still_the_same_is_translated_and_any_other_is_shown_as_it_was():
    stored = [dict(each) for each in kept_definitions()]
    (people,) = [each for each in stored if each["slug"] == "people"]
    people |= {"definition": "Everybody who was written to.", "version": 7}
    found = Definitions(stored).of(REACHED)
    with override("fr"):
        parts = dict(definition(found))
        assert parts["Définition"] == "Everybody who was written to."
        assert parts["Nom"] == str(REACHED.name) != "People reached"
        assert parts["Version"] == "7"
    assert isinstance(found.definition, KeptText)
    assert found.definition.language == "en"


def test_a_metric_that_is_no_longer_in_the_list_is_still_defined():
    gone = {**kept_definitions()[0], "slug": "gone", "name": "Gone"}
    found = Definitions([gone])
    assert [(metric.slug, metric.name) for metric in found.metrics] == [("gone", "Gone")]
    assert found.of(REACHED) is REACHED


@pytest.mark.django_db
def test_a_figure_of_a_snapshot_is_computed_and_named_as_it_was_then(october):
    (snapshot,) = close_due(now=CLOSED)
    before = {figure.metric.slug: figure for figure in report(snapshot=snapshot.pk).figures}["delivery_rate"]
    assert before.cell == Shown(Fraction(82, 95))
    changed = {"denominator": ["planned"], "numerator": ["planned"], "name": "Arrival", "version": 9}
    rewritten(snapshot, "delivery_rate", **changed)
    after = {figure.metric.slug: figure for figure in report(snapshot=snapshot.pk).figures}["delivery_rate"]
    assert (after.cell, after.metric.name, after.metric.version) == (Shown(Fraction(1)), "Arrival", 9)


@pytest.mark.django_db
def test_a_change_of_today_s_words_changes_no_page_file_or_answer_of_a_snapshot(october, client, member):
    (snapshot,) = close_due(now=CLOSED)
    snapshot = rewritten(
        snapshot, "people", name="Persons reached", definition="As it was.", unit="persons", limits="Old limits."
    )
    shown = report(snapshot=snapshot.pk)
    book = code_book(shown).decode("utf-8-sig")
    assert "metric people,Definition,As it was." in book
    assert "metric people,Limits,Old limits." in book
    sheets = {sheet.slug: sheet for sheet in report_document(shown, "en").sheets}
    assert any(row[:2] == ("Persons reached", "As it was.") for row in sheets["definitions"].rows)
    assert sheets["headline"].rows[0][0] == "Persons reached"
    assert sheets["people"].title.startswith("Persons reached by segment")
    client.force_login(member("evaluator"))
    page = BeautifulSoup(client.get(reverse("reach:index"), {"snapshot": snapshot.pk}).content, "html.parser")
    link = page.select_one(".reach-figure h3 a")
    assert link.text == "Persons reached"
    definitions = BeautifulSoup(client.get(link["href"].partition("#")[0]).content, "html.parser")
    part = definitions.select_one("#metric-people")
    assert part.h2.text == "Persons reached"
    assert part.find("dd", string="As it was.")["lang"] == "en"
    assert "version 2" in definitions.select_one(".reach").text
    assert "in other words today" in definitions.select_one(".reach").text


@pytest.mark.django_db
def test_the_definitions_of_no_snapshot_are_those_of_today_and_of_one_that_is_not_there_not_found(client, member):
    client.force_login(member("evaluator"))
    address = reverse("reach:definitions")
    said = client.get(address).content.decode()
    assert f"version {DEFINITIONS_VERSION}" in said
    assert "in other words today" not in said
    for asked in ("4711", "x", "-1"):
        assert client.get(address, {"snapshot": asked}, follow=True).status_code == 404


def test_what_was_stored_before_is_the_same_byte_for_byte(old):
    again = payload.canonical(content_of(old))
    assert again == OLD.read_text(encoding="utf-8")
    assert payload.digest(again) == old.digest == OLD_DIGEST


def test_what_was_stored_before_is_read_and_says_whose_words_its_definitions_are(old, client, member):
    shown = report(snapshot=old.pk)
    assert shown.figures[0].cell == Shown(82)
    assert shown.defined is TODAY
    note = "stored with version 2 of the definitions, whose words were not stored with them"
    assert any(note in each for each in shown.notes)
    table = next(each for each in shown.tables if each.slug == "indicators")
    assert {row.metric.code for row in table.rows} >= {"R1", "R3"}
    client.force_login(member("evaluator"))
    page = client.get(reverse("reach:definitions"), {"snapshot": old.pk}).content.decode()
    assert f"these are the words of version {DEFINITIONS_VERSION}" in page


@pytest.mark.django_db
def test_what_is_stored_today_differs_from_what_was_stored_before_only_in_what_was_added_and_how_much_is_shown(october):
    campaign = Campaign.objects.create(name="Rights", slug="rights", starts_on="2026-11-01", ends_on="2026-11-30")
    Broadcast.objects.update(campaign=campaign)
    close_due(now=CLOSED)
    snapshot = freeze_period(period=parse("2026-11"), campaign=campaign, user=None, now=CLOSED)
    old, new = json.loads(OLD.read_text(encoding="utf-8")), content_of(snapshot)
    assert new.keys() - old.keys() == {"metrics", "over_time", "populations"}
    numbered = {"broadcasts", "by_broadcast", "campaign", "members", "place", "definitions"}
    assert {name: new["site"][name] for name in old["site"]} == old["site"]
    for name in old.keys() - numbered - {"figures", "site"}:
        assert payload.canonical({name: new[name]}) == payload.canonical({name: old[name]})
    for k, counts in old["figures"].items():
        # Since then fewer of these people allow personal links.
        for name in (counts.keys() & new["figures"][k].keys()) - {"trackable", "trackable_people"}:
            now = new["figures"][k][name]
            both = [cell for cell, value in counts[name].items() if None not in (value, now.get(cell))]
            assert {cell: now[cell] for cell in both} == {cell: counts[name][cell] for cell in both}
