"""A site of one view that answers 204, without any middleware: the least that Django can do for a request."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest) -> HttpResponse:
    """No content."""
    return HttpResponse(status=204)


urlpatterns = [path("", nothing)]

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], INSTALLED_APPS=[], DATABASES={})
application = get_wsgi_application()
