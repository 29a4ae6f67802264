"""The audience's staff pages: who looks at each, one row of everything for them to show, and what is no page."""

import json

from django.contrib.auth.models import User
from django.core.signing import TimestampSigner
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

TELL = "from tests.audit.audience import tell; tell()"
FORGET = "from tests.audit.audience import forget; forget()"
"""What ``manage.py shell`` runs beside a demo, before and after its pages are looked at."""
PACKAGE = "outreach.audience.staff"

LOOKED_AT_BY = {
    "segments:index": "editor",
    "segments:add": "editor",
    "segments:edit": "editor",
    "segments:inspect": "editor",
    "segments:history": "editor",
    "segments:usage": "editor",
    "segments:compare": "editor",
    "segments:delete": "admin",
    "join_links:index": "editor",
    "join_links:add": "editor",
    "join_links:edit": "editor",
    "join_links:delete": "editor",
    "join_links:inspect": "editor",
    "join_links:history": "editor",
    "join_links:usage": "editor",
    "join_links:poster": "editor",
    "join_links:empty_sheet": "editor",
    "sign_ups:index": "evaluator",
    "subscribers:index": "officer",
    "subscribers:find": "officer",
    "subscribers:inspect": "officer",
    "subscribers:erase": "officer",
    "export_subscribers": "officer",
    "imports:index": "officer",
    "imports:upload": "officer",
    "imports:import": "officer",
    "imports:columns": "officer",
    "removals:index": "officer",
    "sheets:index": "officer",
    "sheets:enter": "officer",
    "consents:open": "officer",
    "consents:page": "officer",
    "suppressions:index": "officer",
    "suppressions:history": "officer",
    "suppressions:add": "officer",
    "suppressions:check": "officer",
    "suppressions:lift": "officer",
    "wordings:index": "officer",
    "wordings:new": "officer",
    "wordings:write": "officer",
    "wordings:drop": "officer",
    "wordings:publish": "officer",
    "wordings:preview": "officer",
    "wordings:version": "officer",
}
"""The name of each page, and the demo user who opens it."""
NO_PAGES = {
    "segments:index_results": "a part of the list",
    "segments:history_results": "a part of the history",
    "segments:count": "takes a form",
    "segments:builder": "takes a form",
    "segments:restore": "takes a form",
    "join_links:index_results": "a part of the list",
    "join_links:history_results": "a part of the history",
    "join_links:qr": "a picture",
    "sign_ups:file": "a file",
    "subscribers:index_results": "a part of the list",
    "imports:index_results": "a part of the list",
    "imports:live": "a part of the page of an import",
    "imports:refusals": "a file",
    "imports:carry_out": "takes a form",
    "imports:drop": "takes a form",
    "removals:index_results": "a part of the list",
    "sheets:index_results": "a part of the list",
    "consents:csv": "a file",
    "suppressions:index_results": "a part of the list",
}
"""Names of addresses that show no page of their own, and why."""

CODE = "looked-at"
DIGEST = "f" * 64


def tell() -> None:
    """Make one row of everything and print the path of each page, as JSON by name."""
    print(json.dumps(_paths()))


@transaction.atomic
def _paths() -> dict[str, str]:
    from outreach.audience import inspection, wording_drafts
    from outreach.audience.models import Import, JoinLink, Removal, Segment, Subscriber, Suppression
    from outreach.audience.suppressions import suppress

    now = timezone.now()
    officer = User.objects.get(username="officer")
    person = Subscriber.objects.earliest("pk")
    segment = Segment.objects.earliest("pk")
    link = JoinLink.objects.create(code=CODE, place="Health centre", kind="poster")
    tried = Import.objects.create(file_name=CODE, header=["E-mail"], state=Import.State.TRIED, rows_total=7)
    named = Import.objects.create(file_name=CODE, header=["E-mail", "Langue"])
    draft = wording_drafts.draft(purpose="messages", reason="Plainer", user=officer, now=now)
    suppress(channel="email", address_hash=DIGEST, reason="by_hand", now=now)
    opening = inspection.open_for(subscriber=person, reason="Audit of November", user=officer, now=now)
    Removal.objects.get_or_create(day=now.date(), kind=CODE, defaults={"count": 2})
    rows = {"segments": segment, "join_links": link, "subscribers": person, "wordings": draft}
    arguments = {
        "imports:import": [tried.pk],
        "imports:columns": [named.pk],
        "join_links:poster": [link.pk, "fr"],
        "join_links:empty_sheet": [link.pk, "fr"],
        "suppressions:lift": [Suppression.objects.get(address_hash=DIGEST).pk],
        "consents:open": [person.pk],
        "consents:page": [person.pk, TimestampSigner(salt="outreach.inspection").sign(str(opening.pk))],
        "wordings:new": ["open_tracking"],
        "wordings:preview": [draft.pk, "fr"],
        "wordings:version": ["messages", "2026.1"],
    }
    of_one = {"edit", "inspect", "history", "usage", "delete", "erase", "write", "drop", "publish"}
    for name in LOOKED_AT_BY:
        space, _colon, last = name.partition(":")
        if space in rows and last in of_one:
            arguments[name] = [rows[space].pk]
    return {name: reverse(name, args=arguments.get(name, [])) for name in LOOKED_AT_BY}


@transaction.atomic
def forget() -> None:
    """Take away what :func:`tell` made."""
    from outreach.audience import wording_drafts
    from outreach.audience.models import Import, JoinLink, Removal, Suppression, Wording

    for draft in Wording.objects.filter(published_at=None, reason="Plainer"):
        wording_drafts.drop(wording=draft, user=User.objects.get(username="officer"), now=timezone.now())
    for rows in (
        JoinLink.objects.filter(code=CODE),
        Import.objects.filter(file_name=CODE),
        Suppression.objects.filter(address_hash=DIGEST),
        Removal.objects.filter(kind=CODE),
    ):
        rows.delete()
