"""The public page of a campaign's results, below a language's prefix, and its files."""

from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.campaign_words import words_of

from . import public
from .about import about, definition
from .charts import draw_panels
from .downloads import KINDS
from .public import Results
from .responses import file_response
from .standing import standing

FRESH_SECONDS = 300
"""For so long anybody on the way may keep a page: a correction is seen soon."""


@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures of the period that is asked for, or of the latest; before any is published, what will be here."""
    campaign = get_object_or_404(Campaign, slug=slug)
    periods = public.published(campaign=campaign)
    shown = _asked(request, periods) if periods else None
    context = {
        "campaign": campaign,
        "words": words_of(campaign),
        "periods": periods,
        "results": shown,
        "path": request.path,
    }
    if shown:
        context |= {
            "report": shown.report,
            "standing": standing(shown.report),
            "about": about(shown.report),
            "tables": [(table, draw_panels(table)) for table in shown.report.tables],
            "definitions": [(metric, definition(metric)[1:]) for metric in shown.metrics],
            "version": standing(shown.report).definitions,
            "kinds": KINDS.values(),
        }
    response = render(request, "outreach/reach/public/results.html", context)
    if not shown:
        response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


@require_safe
def results_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The same figures as a file, in the language of the address."""
    campaign = get_object_or_404(Campaign, slug=slug)
    periods = public.published(campaign=campaign)
    if kind not in KINDS or not periods:
        raise Http404
    shown = _asked(request, periods)
    language = get_language() or settings.LANGUAGE_CODE
    name = f"results-{campaign.slug}"
    response = file_response(shown.report, kind=kind, language=language, what=name)
    if response.status_code == 200:
        del response["Cache-Control"]
        patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


def _asked(request: HttpRequest, periods: Sequence[Results]) -> Results:
    code = request.GET.get("period", "") or periods[0].code
    found = next((each for each in periods if each.code == code), None)
    if found is None:
        raise Http404
    return found
