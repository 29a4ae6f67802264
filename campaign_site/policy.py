"""What a browser may do with an answer: headers for every page that has none of its own.

The public site loads nothing but its own styles, pictures and one script, and is framed by nobody but itself. Staff
pages need more: Wagtail's editor brings scripts inside its pages.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"
PUBLIC = "; ".join(
    [
        "default-src 'none'",
        "base-uri 'none'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "img-src 'self' data:",
        "manifest-src 'self'",
        "media-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    ]
)
STAFF = "; ".join(
    [
        "default-src 'self'",
        "base-uri 'self'",
        "font-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "worker-src 'self' blob:",
    ]
)
STAFF_PATHS = ("/admin/", "/sandbox/")
PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class Policy:
    """Middleware, outside of all others that answer: an answer from a cache has the headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with what it does not say itself."""
        response = self.get_response(request)
        headers = response.headers
        if HEADER not in headers:
            headers[HEADER] = STAFF if request.path_info.startswith(STAFF_PATHS) else PUBLIC
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
