"""Every staff address of the audience, and the roles it opens for; an address that is in no list fails."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.signing import TimestampSigner
from django.urls import reverse

from outreach.audience import inspection
from outreach.audience.addresses import address_hash
from outreach.audience.models import Import, JoinLink, Removal, Segment, SegmentEdit, Suppression
from outreach.audience.suppressions import suppress
from outreach.audience.wording_drafts import draft
from tests.audit.audience import PACKAGE
from tests.audit.staff import names_of
from tests.outreach.audience.conftest import NOW

from .conftest import ROLES

pytestmark = pytest.mark.django_db

SUPER = {"superuser"}
EDITORS = {"Editors", *SUPER}
OFFICERS = {"Data officers", *SUPER}
TEAM = {"Editors", "Approvers", "Evaluators", "Data officers", *SUPER}
SEGMENT_READERS = {"Editors", "Approvers", "Data officers", *SUPER}
REMOVAL_READERS = WORDING_READERS = {"Data officers", "Administrators", *SUPER}

OPEN_TO = {
    "segments:index": SEGMENT_READERS,
    "segments:index_results": SEGMENT_READERS,
    "segments:add": EDITORS,
    "segments:edit": EDITORS,
    "segments:delete": SUPER,
    "segments:inspect": SEGMENT_READERS,
    "segments:history": EDITORS,
    "segments:history_results": EDITORS,
    "segments:usage": EDITORS,
    "segments:count": EDITORS,
    "segments:builder": EDITORS,
    "segments:compare": SEGMENT_READERS,
    "segments:restore": EDITORS,
    "subscribers:index": OFFICERS,
    "subscribers:index_results": OFFICERS,
    "subscribers:find": OFFICERS,
    "subscribers:inspect": OFFICERS,
    "subscribers:erase": OFFICERS,
    "export_subscribers": OFFICERS,
    "imports:index": OFFICERS,
    "imports:index_results": OFFICERS,
    "imports:upload": OFFICERS,
    "imports:import": OFFICERS,
    "imports:live": OFFICERS,
    "imports:columns": OFFICERS,
    "imports:refusals": OFFICERS,
    "imports:carry_out": OFFICERS,
    "imports:drop": OFFICERS,
    "removals:index": REMOVAL_READERS,
    "removals:index_results": REMOVAL_READERS,
    "join_links:index": TEAM,
    "join_links:index_results": TEAM,
    "join_links:add": EDITORS,
    "join_links:edit": EDITORS,
    "join_links:delete": EDITORS,
    "join_links:inspect": TEAM,
    "join_links:history": EDITORS,
    "join_links:history_results": EDITORS,
    "join_links:usage": EDITORS,
    "join_links:qr": TEAM,
    "join_links:poster": TEAM,
    "join_links:empty_sheet": TEAM,
    "sign_ups:index": TEAM,
    "sign_ups:file": TEAM,
    "sheets:index": OFFICERS,
    "sheets:index_results": OFFICERS,
    "sheets:enter": OFFICERS,
    "consents:open": OFFICERS,
    "consents:page": OFFICERS,
    "consents:csv": OFFICERS,
    "suppressions:index": OFFICERS,
    "suppressions:index_results": OFFICERS,
    "suppressions:history": OFFICERS,
    "suppressions:add": OFFICERS,
    "suppressions:check": OFFICERS,
    "suppressions:lift": OFFICERS,
    "wordings:index": WORDING_READERS,
    "wordings:new": OFFICERS,
    "wordings:write": OFFICERS,
    "wordings:drop": OFFICERS,
    "wordings:publish": WORDING_READERS,
    "wordings:preview": WORDING_READERS,
    "wordings:version": WORDING_READERS,
}
"""Who gets an answer at each address; everybody else is led away."""
TAKES_A_FORM = {"segments:count", "segments:builder", "segments:restore", "imports:carry_out", "imports:drop"}
"""Where who may is told that the address can't be read."""


@pytest.fixture
def arguments(confirmed):
    """What each address needs, of one row of everything; with a token of the user's own where one is asked for."""
    person = confirmed().subscriber
    author = User.objects.create_user("author")
    segment = Segment.objects.create(code="all", name="Everybody", rule={"all": []})
    edit = SegmentEdit.objects.create(segment=segment, edited_at=NOW, name="All", rule={"all": []})
    link = JoinLink.objects.create(code="kamoro", place="Health centre", kind="poster").pk
    brought = Import.objects.create(file_name="a.csv", header=["E-mail"]).pk
    words = draft(purpose="messages", reason="Plainer", user=author, now=NOW).pk
    digest = address_hash(channel="email", address="eva@example.org")
    suppress(channel="email", address_hash=digest, reason="by_hand", now=NOW)
    Removal.objects.create(day=date(2026, 11, 3), kind="erased", count=2)
    given = {
        "segments:restore": [segment.pk, edit.pk],
        "join_links:qr": [link, "svg"],
        "join_links:poster": [link, "fr"],
        "join_links:empty_sheet": [link, "fr"],
        "suppressions:lift": [Suppression.objects.get().pk],
        "wordings:new": ["open_tracking"],
        "wordings:preview": [words, "fr"],
        "wordings:version": ["messages", "2026.1"],
        "consents:open": [person.pk],
    }
    first = {
        "segments": segment.pk,
        "subscribers": person.pk,
        "imports": brought,
        "join_links": link,
        "wordings": words,
    }

    def arguments(name, user):
        if name in {"consents:page", "consents:csv"}:
            opening = inspection.open_for(subscriber=person, reason="Audit", user=user or author, now=NOW)
            return [person.pk, TimestampSigner(salt="outreach.inspection").sign(str(opening.pk))]
        return given.get(name) or ([first[name.partition(":")[0]]] if "<int:pk>" in names_of(PACKAGE)[name] else [])

    return arguments


def test_every_address_is_in_the_list():
    assert set(OPEN_TO) == set(names_of(PACKAGE))


@pytest.mark.parametrize("name", sorted(OPEN_TO))
def test_each_role_gets_what_it_may(as_role, arguments, name):
    answers = {}
    with time_machine.travel(NOW, tick=False):
        for role in ROLES:
            client = as_role(role)
            user = User.objects.filter(username=role.lower().replace(" ", "-")).first()
            answers[role] = client.get(reverse(name, args=arguments(name, user))).status_code

    wanted = 405 if name in TAKES_A_FORM else 200
    assert answers == {role: wanted if role in OPEN_TO[name] else 302 for role in ROLES}
