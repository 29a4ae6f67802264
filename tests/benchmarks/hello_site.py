"""A site of one view that says hello, without any middleware: the least that a page of Django can be."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    """A page of two words."""
    return HttpResponse("Hello, world!", headers={"Content-Length": "13"})


urlpatterns = [path("", hello)]

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], INSTALLED_APPS=[], DATABASES={})
application = get_wsgi_application()
