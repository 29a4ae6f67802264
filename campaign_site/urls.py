"""Which address leads where: staff pages, machine endpoints, then the public site under its language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from home.editorial.serving import serve_picture
from home.urls import language_urlpatterns

from .health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Pictures as the site shows them. Originals and documents stay behind Wagtail's own views, which check who asks.
    re_path(r"^media/(?P<path>images/.+)$", serve_picture),
    path("", include("outreach.urls")),
    path("", include("home.urls")),
]

urlpatterns += i18n_patterns(
    path("", include("outreach.audience.urls")),
    path("", include("outreach.tracking.public_urls")),
    path("", include("outreach.reach.public_urls")),
    path("", include(language_urlpatterns)),
    path("", include("home.serving")),
    path("", include(wagtail_urls)),
)
