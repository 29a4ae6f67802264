"""Hands out the files that were made of pictures for the site, except those of people who don't consent any more."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve
from wagtail.images import get_image_model

from .office_day import office_day
from .photos import withheld


def serve_picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """The file at a path below the media folder; not found if its picture is unknown or may not be shown."""
    renditions = get_image_model().get_rendition_model().objects.filter(file=path)
    image_ids = list(renditions.values_list("image_id", flat=True))
    if not image_ids or withheld(image_ids, day=office_day()):
        raise Http404
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))
