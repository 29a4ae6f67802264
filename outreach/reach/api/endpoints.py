"""The API: the same tables as on the evaluators' page, with the same cells hidden, behind the same permission."""

import math
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.office_time import office_zone
from outreach.reach import periods, scopes
from outreach.reach.indicators.document import document as results_document
from outreach.reach.indicators.logframe import logframe
from outreach.reach.metrics.kept import TODAY
from outreach.reach.periods import UnknownPeriod
from outreach.reach.scopes import Scope, UnknownScope
from outreach.reach.snapshots.listing import listed, newest_first
from outreach.reach.visits.document import document as visits_document
from outreach.reach.visits.report import web_reading

from .answers import DefinitionAnswer, ErrorAnswer, OfferAnswer, ReportAnswer
from .documents import DocumentAnswer, SnapshotAnswer
from .models import ApiToken
from .tokens import BadToken, check_token

PERMISSION, RESULTS = "outreach.view_reach", "outreach.view_indicator"
A_MINUTE = 60
"""So many requests a token may make a minute: a report is small, and there are few."""

LISTED, LARGEST = 100, 2**31 - 1

DESCRIPTION = """Read-only: figures of reach, as tables with small counts hidden.

Send a token as `Authorization: Bearer reach_…`; an evaluator makes one in the admin under Reach, API tokens. Labels are
in the language that `Accept-Language` asks for. Hidden and unknown figures are null and say so in `status`: they are
not 0."""


class PersonsToken(HttpBearer):
    """Lets in whoever sends a token that works, of a person who may read reach at this moment."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token; ``None`` for a bad one. Raises a 403 for a person who may not."""
        try:
            found = check_token(text=token, now=timezone.now())
        except BadToken:
            return None
        if not found.user.has_perm(PERMISSION):
            raise HttpError(403, _("The person of this token may not read reach."))
        return found


class Pace(BaseThrottle):
    """Counts the requests of each token in each minute; nothing is kept beyond it."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether there is room for one more."""
        token: ApiToken = request.auth  # type: ignore[attr-defined]
        name = f"outreach.reach.api.{token.pk}.{int(timezone.now().timestamp() // 60)}"
        cache.add(name, 0, 120)
        try:
            return bool(cache.incr(name) <= A_MINUTE)
        except ValueError:  # The cache dropped it between the two lines.
            return True

    def wait(self) -> float:
        """Seconds until the next minute."""
        return math.ceil(60 - timezone.now().timestamp() % 60)


class PrivateAPI(NinjaAPI):
    """Every answer is for one person only, so nobody on the way keeps it."""

    def create_response(self, request: HttpRequest, data: Any, **options: Any) -> HttpResponse:
        """As JSON, kept by no cache, in the language that the request asked for."""
        response = super().create_response(request, data, **options)
        response["Cache-Control"] = "private, no-store"
        return response


api = PrivateAPI(
    title="Reach",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="reach_api",
    auth=PersonsToken(),
    throttle=Pace(),
)
ERRORS = {400: ErrorAnswer, 401: ErrorAnswer, 403: ErrorAnswer, 429: ErrorAnswer}


@api.exception_handler(AuthenticationError)
def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """One answer to all: it does not say whether there ever was such a token."""
    text = _("No token, or none that works. Send one as “Authorization: Bearer reach_…”.")
    response = api.create_response(request, {"detail": text}, status=401)
    response["WWW-Authenticate"] = 'Bearer realm="reach"'
    return response


@api.exception_handler(UnknownPeriod)
@api.exception_handler(UnknownScope)
def no_figures(request: HttpRequest, error: UnknownScope | UnknownPeriod) -> HttpResponse:
    """What was asked for is not in the list. Django would lead a 404 on to the site's page in some language."""
    return api.create_response(request, {"detail": str(error)}, status=400)


def no_such_address(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address below that of the API."""
    return api.create_response(request, {"detail": _("There is no such address. See openapi.json.")}, status=400)


@api.get("/scopes", response={200: OfferAnswer, **ERRORS}, summary="What there are figures of")
def list_scopes(request: HttpRequest) -> OfferAnswer:
    """Campaigns, periods and broadcasts."""
    return OfferAnswer.of(scopes.offered())


@api.get("/report", response={200: ReportAnswer, **ERRORS}, summary="The figures of a scope")
def read_report(
    request: HttpRequest, campaign: str = "", period: str = "", broadcast: str = "", snapshot: str = ""
) -> ReportAnswer:
    """Headlines and tables; without any choice totals of all broadcasts that ended."""
    return ReportAnswer.of(scopes.read(Scope(campaign, period, broadcast, snapshot)))


@api.get("/definitions", response={200: list[DefinitionAnswer], **ERRORS}, summary="What every figure means")
def list_definitions(request: HttpRequest, snapshot: str = "") -> list[DefinitionAnswer]:
    """The closed list of metrics: today's, or that with which a snapshot was stored."""
    defined = scopes.definitions_of(snapshot)[0] if snapshot else TODAY
    return [DefinitionAnswer.of(metric) for metric in defined.metrics]


@api.get("/snapshots", response={200: list[SnapshotAnswer], **ERRORS}, summary="What was frozen")
def list_snapshots(request: HttpRequest, before: int = 0) -> list[SnapshotAnswer]:
    """Frozen figures, the latest first, a hundred at most; ``before`` is the number of the last one that you have."""
    found = newest_first()
    if before > 0:
        found = found.filter(number__lt=min(before, LARGEST))
    return [SnapshotAnswer.of(each) for each in listed(found[:LISTED])]


@api.get("/results", response={200: DocumentAnswer, **ERRORS}, summary="The results framework of a campaign")
def read_results(request: HttpRequest, campaign: str) -> DocumentAnswer:
    """What was planned and what came of it, as of today in the office: the tables of the file."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if not token.user.has_perm(RESULTS):
        raise HttpError(403, _("The person of this token may not read results."))
    found = Campaign.objects.filter(slug=campaign).first() if "\x00" not in campaign else None
    if found is None:
        raise UnknownScope(_("There is no such campaign. See scopes."))
    now = timezone.now()
    frame = logframe(campaign=found, today=now.astimezone(office_zone()).date())
    return DocumentAnswer.of(results_document(frame=frame, now=now))


@api.get("/web-reading", response={200: DocumentAnswer, **ERRORS}, summary="What was read on the site")
def read_web_reading(request: HttpRequest, period: str = "") -> DocumentAnswer:
    """Visits, which are not people and are never added to people reached; without a period the whole time."""
    found = web_reading(period=periods.parse(period) if period else None, now=timezone.now())
    return DocumentAnswer.of(visits_document(found))
