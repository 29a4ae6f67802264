"""Takes what a page's script tells when its reader leaves: how long they stayed, and whether they reached the end."""

import math
from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language_from_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from outreach.audience.network import address_in
from outreach.tracking.hits.lines import Beacon
from outreach.tracking.hits.machines import machine_reason
from outreach.tracking.hits.recording import journal
from outreach.tracking.models import Drop
from outreach.tracking.tokens import BadToken

from . import sources
from .page_token import OutOfTime, is_plausible, read_page_token
from .page_views import is_staff
from .visitors import visit_of

LARGEST = 1024


@csrf_exempt
@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Note it. Answers 204 whatever it is: nobody reads the answer."""
    if int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST and not is_staff(request):
        record_reading(told=request.POST.dict(), meta=request.META, now=timezone.now())
    return HttpResponse(status=204)


def record_reading(*, told: Mapping[str, str], meta: dict[str, str], now: datetime) -> None:
    """Note what a script ``told``; what can't be right is dropped and counted. ``now`` is UTC.

    ``page`` is the page's token, ``seconds`` how long it was looked at, ``end`` is 1 if its end was on the screen,
    ``path`` and ``query`` are of its address, ``from`` is the referring host.
    """
    if machine_reason(method="POST", meta=meta):
        return
    try:
        token = read_page_token(told.get("page", ""), now=now)
    except OutOfTime:
        return journal().refuse(Drop.Reason.TIME.value)
    except BadToken:
        return journal().refuse(Drop.Reason.TOKEN.value)
    seconds = _seconds(told.get("seconds", ""))
    broadcast = sources.broadcast_of(told.get("query", "").lstrip("?"))
    journal().write(
        Beacon(
            at=int(now.timestamp() * 1000),
            page=token.page,
            language=get_language_from_path(told.get("path", "")) or "-",
            source=sources.Source.BROADCAST.value if broadcast else sources.source_of(told.get("from", "")),
            broadcast=broadcast,
            device=sources.device_of(meta.get("HTTP_SEC_CH_UA_MOBILE", "")),
            visit=visit_of(address=address_in(meta), agent=meta.get("HTTP_USER_AGENT", ""), now=now),
            is_completed=told.get("end") == "1" and is_plausible(token=token, claimed=seconds, now=now),
        ).line()
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0
