"""The API: who may read it, and that it says what the page and the files say."""

import csv
import hashlib
import inspect
import io
import json
import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import Locale, Page

from home.models import CampaignPage
from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.models import Broadcast
from outreach.reach import downloads, printing
from outreach.reach.api import tokens
from outreach.reach.api.endpoints import A_MINUTE
from outreach.reach.api.models import ApiToken
from outreach.reach.api.tokens import BadToken, TooManyTokens, check_token, make_token, revoke_token
from outreach.reach.indicators import keeping
from outreach.reach.indicators.framework import Indicator, Result
from outreach.reach.metrics import METRICS
from outreach.reach.periods import parse
from outreach.reach.snapshots import payload
from outreach.reach.snapshots.correcting import correct
from outreach.reach.snapshots.freezing import freeze_period
from outreach.reach.snapshots.models import Snapshot
from outreach.reach.tables import report
from outreach.tracking.models import PageDay
from outreach.tracking.web.sources import Device, Source
from tests.outreach.reach.conftest import CLOSED

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ADDRESSES = (
    "/api/reach/scopes",
    "/api/reach/report",
    "/api/reach/definitions",
    "/api/reach/snapshots",
    "/api/reach/results?campaign=measured",
    "/api/reach/web-reading",
)
READERS = {"approver", "evaluator", "superuser"}
ROLES = ["editor", "approver", "evaluator", "data officer", "administrator", "superuser"]


@pytest.fixture(autouse=True)
def measured():
    return Campaign.objects.create(
        name="Measured", slug="measured", starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31)
    )


@pytest.fixture
def token(member):
    return lambda role="evaluator": make_token(user=member(role), label="Dashboard", now=NOW)


@pytest.fixture
def ask(client, token):
    text = token().text

    def asking(address="/api/reach/report", bearer=text, headers=None, **query):
        sent = {"Authorization": f"Bearer {bearer}", **(headers or {})}
        return client.get(address, query, headers=sent)

    return asking


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_it_may(client, token, october, role, address):
    answer = client.get(address, headers={"Authorization": f"Bearer {token(role).text}"})
    assert answer.status_code == (200 if role in READERS else 403)
    assert answer["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer
    if role not in READERS:
        assert answer.json() == {"detail": "The person of this token may not read reach."}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer reach_a_b"])
def test_nobody_gets_anything_without_a_token(client, member, october, address, header):
    client.force_login(member("evaluator"))  # A session is no token.
    answer = client.get(address, headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert "Bearer" in answer["WWW-Authenticate"]
    assert "reach_" in answer.json()["detail"]
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, token, october, method):
    answer = getattr(client, method)("/api/reach/report", headers={"Authorization": f"Bearer {token().text}"})
    assert answer.status_code == 405


def test_answer_has_what_is_never_added_and_says_which_version_replaced_it(ask, ledger, october):
    ledger.close(october)
    PageDay.objects.create(
        day=date(2026, 11, 5), page_id=7, language="en", source=Source.DIRECT, device=Device.MOBILE, views=4321
    )
    first = freeze_period(period=parse("2026-11"), user=None, now=CLOSED)
    october.deliveries.filter(pk__in=list(october.deliveries.values_list("pk", flat=True)[:10])).update(
        status="bounced"
    )
    correct(snapshot=october.snapshots.get(), reason="Late bounces", user=None, now=CLOSED)
    later = correct(snapshot=first, reason="A broadcast was corrected", user=None, now=CLOSED)
    old, new = ask(snapshot=first.pk).json(), ask(period="2026-11").json()
    assert [(row["metric"], row["value"]) for row in new["apart"]] == [("visits", 4321)]
    assert (old["newest"], new["newest"], new["snapshot"]) == (later.pk, None, later.pk)


def test_token_of_a_person_who_lost_the_permission_reads_nothing(ask, member, october):
    assert ask().status_code == 200
    member("evaluator").groups.clear()
    assert ask().status_code == 403


def test_token_of_a_person_who_left_is_dead(ask, member, october):
    user = member("evaluator")
    user.is_active = False
    user.save()
    assert ask().status_code == 401


def test_revoked_token_is_dead_at_once_and_stays_so(ask, member, october):
    found = ApiToken.objects.get()
    revoke_token(user=member("evaluator"), token=found.pk, now=NOW)
    revoke_token(user=member("evaluator"), token=found.pk, now=NOW + timedelta(days=1))
    assert ask().status_code == 401
    assert ApiToken.objects.get().revoked_at == NOW


def forgeries(text):
    prefix, name, secret = text.split("_")
    return [
        f"{prefix}_{name}_{'0' * len(secret)}", f"{prefix}_{name}_", f"{prefix}_{name}", text[:-1], text + "0",
        text.upper(), f"other_{name}_{secret}", f"{prefix}_{'0' * len(name)}_{secret}", f" {text}", f"{text}\x00", "",
        f"{prefix}_{name}_{secret}_{secret}", ApiToken.objects.get().digest, "\ud800_\ud800_\ud800", "_" * 5000,
        f"{prefix}_é_{secret}", hashlib.sha256(text.encode()).hexdigest(),
    ]  # fmt: skip


def test_forged_and_truncated_tokens_are_refused(token):
    text = token().text
    assert check_token(text=text, now=NOW).label == "Dashboard"
    for forged in forgeries(text):
        with pytest.raises(BadToken):
            check_token(text=forged, now=NOW)


def test_only_a_digest_is_kept_and_never_the_token(token):
    made = token()
    found = ApiToken.objects.get()
    assert found.digest == hashlib.sha256(made.text.encode()).hexdigest()
    assert made.text.split("_")[2] not in json.dumps([str(value) for value in vars(found).values()])


def test_tokens_are_compared_in_constant_time_also_where_there_is_none(token, monkeypatch):
    text, compared = token().text, []
    plain = tokens.constant_time_compare
    monkeypatch.setattr(tokens, "constant_time_compare", lambda a, b: compared.append((a, b)) or plain(a, b))
    for sent in (text, f"reach_{'0' * 12}_{'0' * 64}", "nonsense", f"{text}0"):
        compared.clear()
        with suppress(BadToken):
            check_token(text=sent, now=NOW)
        assert [len(each) for each in compared[0]] == [64, 64]
    assert "digest=" not in inspect.getsource(check_token)  # The database never compares the secret.


def test_use_is_noted_by_the_day_only(token, django_assert_num_queries):
    text = token().text
    check_token(text=text, now=NOW)
    assert ApiToken.objects.get().last_used_on == NOW.date()
    with django_assert_num_queries(1):
        check_token(text=text, now=NOW + timedelta(hours=3))


def test_one_person_has_only_so_many_tokens_that_work(member):
    made = [make_token(user=member("evaluator"), label="x", now=NOW) for _each in range(tokens.MOST)]
    with pytest.raises(TooManyTokens):
        make_token(user=member("evaluator"), label="x", now=NOW)
    revoke_token(user=member("evaluator"), token=made[0].token.pk, now=NOW)
    assert make_token(user=member("evaluator"), label="x", now=NOW)


def test_token_that_asks_too_often_waits_until_the_next_minute(ask, october):
    with time_machine.travel(NOW, tick=False) as clock:
        answers = {ask("/api/reach/definitions").status_code for _each in range(A_MINUTE)}
        assert answers == {200}
        refused = ask("/api/reach/definitions")
        assert refused.status_code == 429
        assert refused.json()["detail"]
        assert 0 < int(refused["Retry-After"]) <= 60
        clock.shift(60)
        assert ask("/api/reach/definitions").status_code == 200


@pytest.mark.parametrize(
    "query", [{"broadcast": "99"}, {"broadcast": "x"}, {"period": "2026-13"}, {"campaign": "no"}, {"period": "\x00"}]
)
def test_what_is_not_in_the_list_is_refused_in_words(ask, october, query):
    answer = ask(**query)
    assert answer.status_code == 400
    assert "list" in answer.json()["detail"]


def test_scopes_name_everything_that_can_be_asked_for(ask, october):
    found = ask("/api/reach/scopes").json()
    assert [each["code"] for each in found["periods"]] == ["2026", "2026-Q4", "2026-11"]
    assert [each["number"] for each in found["broadcasts"]] == [october.pk]
    for period in found["periods"]:
        assert ask(period=period["code"]).status_code == 200


def test_scopes_name_campaigns_in_the_language_that_the_program_asks_for(ask, october, measured):
    Broadcast.objects.update(campaign=measured)
    locale, _made = Locale.objects.get_or_create(language_code="ht")
    page = CampaignPage(title="Dwa nou", slug="dwa", summary="Dwa.", purpose="<p>Dwa.</p>", results_slug="measured")
    page.locale = locale
    Page.get_first_root_node().add_child(instance=page)

    names = {
        language: ask("/api/reach/scopes", headers={"Accept-Language": language}).json()["campaigns"][0]["name"]
        for language in ("en", "ht")
    }
    assert names == {"en": "Measured", "ht": "Dwa nou"}


def test_definitions_are_the_whole_closed_list(ask):
    found = {each["metric"]: each for each in ask("/api/reach/definitions").json()}
    assert list(found) == [metric.slug for metric in METRICS]
    assert {"name": "Formula", "text": "accepted / attempted"} in found["delivery_rate"]["parts"]


def test_definitions_of_a_snapshot_are_those_with_which_it_was_stored(ask, ledger, october):
    ledger.close(october)
    (snapshot,) = Snapshot.objects.all()
    content = json.loads(snapshot.payload)
    (people,) = [each for each in content["metrics"] if each["slug"] == "people"]
    people |= {"definition": "As it was.", "version": 7}
    Snapshot._base_manager.update(payload=payload.canonical(content))
    found = {each["metric"]: each for each in ask("/api/reach/definitions", snapshot=snapshot.pk).json()}
    assert found["people"]["version"] == 7
    assert {"name": "Definition", "text": "As it was."} in found["people"]["parts"]
    for asked in ("4711", "x"):
        assert ask("/api/reach/definitions", snapshot=asked).status_code == 400


def test_results_are_the_tables_of_the_file_with_what_was_not_measured_in_words(ask, member, measured):
    user = member("administrator")
    result = keeping.keep_result(
        result=Result(campaign=measured, level="output", code="3", statement="Campaign delivered"), user=user, now=NOW
    )
    keeping.keep_indicator(indicator=Indicator(result=result, name="Stories published"), user=user, now=NOW)
    found = ask("/api/reach/results", campaign="measured").json()
    assert found["title"] == "Results framework: Measured"
    frame = next(sheet for sheet in found["sheets"] if sheet["slug"] == "logframe")
    (row,) = frame["rows"]
    assert row[0] == "Stories published"
    assert row[frame["headings"].index("Baseline")] == "not measured"
    assert row[frame["headings"].index("Achieved")]["status"] == "unknown"


@pytest.mark.parametrize("campaign", ["", "nothing", "\x00", "measured'--", "x" * 3000])
def test_results_of_no_campaign_are_refused(ask, campaign):
    answer = ask("/api/reach/results", campaign=campaign)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_web_reading_says_what_the_page_says(ask):
    for day, views in ((5, 30), (6, 12)):
        PageDay.objects.create(
            day=date(2026, 11, day), page_id=7, language="en", source=Source.DIRECT, device=Device.MOBILE,
            views=views, visits=views - 10,
        )  # fmt: skip
    found = ask("/api/reach/web-reading", period="2026-11").json()
    figures = {row[0]: row[1] for row in found["sheets"][0]["rows"]}
    assert (figures["Article visits"]["value"], figures["Different visits"]["value"]) == (42, 22)
    assert ask("/api/reach/web-reading", period="2026-13").status_code == 400


def test_snapshots_are_listed_with_what_replaced_them(ask, ledger, october):
    assert ask("/api/reach/snapshots").json() == []
    ledger.close(october)
    month = freeze_period(period=parse("2026-11"), user=None, now=CLOSED)
    october.deliveries.filter(pk__in=list(october.deliveries.values_list("pk", flat=True)[:10])).update(
        status="bounced"
    )
    later = correct(snapshot=october.snapshots.get(), reason="Late bounces", user=None, now=CLOSED)
    found = ask("/api/reach/snapshots").json()
    assert [(each["snapshot"], each["version"], each["is_newest"]) for each in found] == [
        (later.pk, 2, True), (month.pk, 1, True), (october.snapshots.earliest("number").pk, 1, False),
    ]  # fmt: skip
    assert (found[0]["reason"], found[0]["digest"]) == ("Late bounces", later.digest)
    assert [each["snapshot"] for each in ask("/api/reach/snapshots", before=found[0]["number"]).json()] == [
        each["snapshot"] for each in found[1:]
    ]
    assert ask("/api/reach/snapshots", before=10**30).status_code in (200, 400, 422)


def test_description_is_open_to_everybody_and_names_what_there_is(client):
    answer = client.get("/api/reach/openapi.json")
    assert answer.status_code == 200
    described = answer.json()
    assert set(described["paths"]) == {address.partition("?")[0] for address in ADDRESSES}
    assert described["openapi"].startswith("3.")
    for path in described["paths"].values():
        assert {"200", "400", "401", "403", "429"} <= set(path["get"]["responses"])
        assert path["get"]["security"]


@pytest.mark.parametrize("address", ["/api/reach/docs", "/api/reach/nothing/at/all"])
def test_any_other_address_is_refused_in_json(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "openapi.json" in answer.json()["detail"]


def test_labels_are_in_the_language_that_the_program_asks_for(ask, october, ledger):
    ledger.close(october)
    texts = {
        language: ask(broadcast=october.pk, headers={"Accept-Language": language}).json()["figures"][2]["cell"]["text"]
        for language in ("en", "fr")
    }
    assert texts["en"] == "51.6%"
    assert texts["fr"].startswith("51,6")


def test_report_costs_the_same_however_many_broadcasts_there_are(ask, ledger, django_assert_max_num_queries):
    for number in range(4):
        broadcast = ledger.broadcast(str(number))
        ledger.deliver(broadcast, 20)
        ledger.close(broadcast)
    ask()
    with django_assert_max_num_queries(12):
        ask()


@pytest.fixture
def with_hidden(ledger, october):
    ledger.deliver(october, 30, segment="officials", group="official")
    ledger.deliver(october, 30, segment="officials", group="official", gender="man")
    ledger.deliver(october, 3, segment="officials", group="official", gender="another")
    ledger.deliver(october, 9, segment="officials", group="official", gender="")
    ledger.close(october)
    return october


def on_the_page(client, broadcast):
    """Table by table, the texts of the cells that the page shows."""
    found = {}
    for table in report(broadcast=broadcast.pk).tables:
        query = {"broadcast": broadcast.pk} | ({"metric": table.slug} if table.metric else {})
        html = client.get(reverse("reach:index"), query).content.decode()
        part = html[html.index(f'id="table-{table.slug}"') :]
        part = part[part.index('class="reach-table"') : part.index("</table>")]
        cells = re.findall(r'<td class="reach-[a-z-]+">([^<]*)</td>', part)
        found[table.slug] = cells
    return found


def test_page_files_and_api_show_the_same_cells_and_hide_the_same(ask, client, member, with_hidden):
    client.force_login(member("evaluator"))
    answer = ask(broadcast=with_hidden.pk).json()
    api = {table["slug"]: [cell for row in table["rows"] for cell in row["cells"]] for table in answer["tables"]}
    page = on_the_page(client, with_hidden)
    assert api.keys() == page.keys()
    for slug, cells in api.items():
        assert [cell["text"] for cell in cells] == page[slug], slug

    found = report(broadcast=with_hidden.pk)
    data = csv.DictReader(io.StringIO(downloads.as_csv(found).decode("utf-8-sig")))
    file: dict[str, list[tuple[str, str]]] = {}
    for line in data:
        file.setdefault(line["table"], []).append((line["value"], line["status"]))
    for slug, cells in api.items():
        assert file[slug] == [("" if c["value"] is None else str(c["value"]), c["status"]) for c in cells], slug

    book = load_workbook(io.BytesIO(downloads.as_workbook(found)))
    for sheet, table in zip(book.worksheets[1:], answer["tables"], strict=False):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=8, max_row=7 + len(table["rows"]))]
        for row, told in zip(rows, table["rows"], strict=True):
            expected = [c["value"] if c["status"] == printing.SHOWN else c["text"] for c in told["cells"]]
            assert row[1 : 1 + len(expected)] == expected, table["slug"]
    assert {cell["status"] for cells in api.values() for cell in cells} >= {"shown", "hidden", "unknown", "at least"}
    assert 3 not in [cell["value"] for cells in api.values() for cell in cells]
