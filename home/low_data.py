"""Low-data mode: the reader asks for pages without pictures, and keeps that for a year.

The setting is the one cookie of the public site. Nobody has it who did not press the button.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

COOKIE, ON = "low_data", "1"
A_YEAR = 365 * 24 * 3600
LONGEST_ADDRESS = 2000


class LowData:
    """Middleware: tells views and templates as ``request.low_data`` whether the reader has switched the mode on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request that knows the setting."""
        has_any = "HTTP_COOKIE" in request.META
        request.low_data = has_any and request.COOKIES.get(COOKIE) == ON  # type: ignore[attr-defined]
        return self.get_response(request)


# A token against forged requests would be a cookie for everybody who only reads; and all that somebody else's page
# could do here is to switch pictures off or on.
@csrf_exempt
@never_cache
@require_POST
def set_low_data(request: HttpRequest) -> HttpResponse:
    """Switch the mode on (``on=1``) or off, and lead back to ``next``, which must be an address of this site."""
    response = HttpResponseRedirect(way_back(request))
    if request.POST.get("on") == ON:
        response.set_cookie(COOKIE, ON, max_age=A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response


def way_back(request: HttpRequest) -> str:
    """The path that the form names if it is one of this site, else the first page in the reader's language."""
    wanted = request.POST.get("next", "")
    is_path = wanted.startswith("/") and wanted.isprintable() and len(wanted) <= LONGEST_ADDRESS
    if is_path and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return f"/{get_language() or settings.LANGUAGE_CODE}/"
