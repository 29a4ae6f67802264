"""Says to staff why a page was not published: the last gate is in the model, where no form can say it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages

from home.editorial.gate import ConsentMissing


class PublicationRefused:
    """Middleware: turns a refused publication into a message and the way to the page, wherever it was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do unless something fails."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A message for a person, a sentence for a program."""
        if not isinstance(exception, ConsentMissing) or not request.path.startswith(reverse("wagtailadmin_home")):
            return None
        if "/api/" in request.path:
            return JsonResponse({"detail": " ".join(exception.faults)}, status=409)
        for fault in exception.faults:
            messages.error(request, f"{exception.page.get_admin_display_title()}: {fault}")
        page = exception.page.pk
        url = reverse("wagtailadmin_pages:edit", args=[page]) if page else reverse("wagtailadmin_home")
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            return JsonResponse({"step": "success", "redirect": url})
        return redirect(url)
