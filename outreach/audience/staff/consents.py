"""One person's consents as a page for an inspector: opened for a reason, printed on paper or taken along as CSV."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.viewsets.base import ViewSet

from outreach.audience import inspection
from outreach.audience.models import Subscriber

from .page import Page, ReasonField

ICON = "clipboard-list"
LASTS = 3600
"""For so many seconds the page that was opened for a reason can be read, printed and saved."""
BOM = "\ufeff"
"""Without it Excel takes a file in UTF-8 for another encoding."""

_signer = TimestampSigner(salt="outreach.inspection")


class ConsentView(Page):
    """A page about one person's consents."""

    model = Subscriber
    index_url_name = "subscribers:index"
    header_icon = ICON
    page_title = gettext_lazy("Consents")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the person; 404 where there is none."""
        super().setup(request, *args, **kwargs)
        self.subscriber = get_object_or_404(Subscriber, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Which person: a number."""
        return str(self.subscriber)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, everybody, the person, this."""
        *trail, here = super().get_breadcrumbs_items()
        person = {"url": reverse("subscribers:inspect", args=[self.subscriber.pk]), "label": str(self.subscriber)}
        return [*trail, person, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The person."""
        return super().get_context_data(subscriber=self.subscriber, **kwargs)


class ReasonForm(forms.Form):
    """Why somebody's consents are looked at."""

    reason = ReasonField()


class OpenView(ConsentView, FormView):
    """Ask for the reason, and log it."""

    form_class = ReasonForm
    template_name = "outreach/audience/staff/consents_open.html"

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        """To the page, which stays open for an hour, for this user alone."""
        reason = form.cleaned_data["reason"]
        entry = inspection.open_for(subscriber=self.subscriber, reason=reason, user=self.user, now=timezone.now())
        return redirect("consents:page", self.subscriber.pk, _signer.sign(str(entry.pk)))


class OpenedView(ConsentView):
    """What is shown once a reason was given; without it, the question for one."""

    reason = ""

    def get(self, request: HttpRequest, pk: int, token: str) -> HttpResponse:
        """The answer; back to the question if the token is not of this user, for this person, within the hour."""
        try:
            number = _signer.unsign(token, max_age=LASTS)
        except BadSignature:
            return redirect("consents:open", pk)
        entry = inspection.openings(subscriber=self.subscriber, user=self.user).filter(pk=number).first()
        if entry is None:
            return redirect("consents:open", pk)
        self.reason = entry.data["reason"]
        response = self.answer()
        response["Referrer-Policy"] = "no-referrer"
        return response

    def answer(self) -> HttpResponse:
        """The page or the file."""
        raise NotImplementedError


class ConsentsView(OpenedView, TemplateView):
    """The ledger of one person, with the words of each entry."""

    template_name = "outreach/audience/staff/consents.html"

    def answer(self) -> HttpResponse:
        """The page."""
        return self.render_to_response(
            self.get_context_data(
                channels=inspection.ledger_of(subscriber=self.subscriber),
                reason=self.reason,
                seen_by=self.user.get_username(),
                now=timezone.now(),
                office_zone=settings.OFFICE_TIME_ZONE,
                csv=reverse("consents:csv", kwargs=self.kwargs),
            )
        )


class ConsentsCsvView(OpenedView, View):
    """The same as a file."""

    def answer(self) -> HttpResponse:
        """The file."""
        text = BOM + inspection.as_csv(inspection.ledger_of(subscriber=self.subscriber))
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="consents-{self.subscriber.pk}.csv"'
        return response


class ConsentViewSet(ViewSet):
    """The pages about one person's consents; a person's own page leads there."""

    name = "consents"
    icon = ICON

    def get_urlpatterns(self) -> list[URLPattern]:
        """The question for the reason, the page and the file."""
        return [
            path("<int:pk>/", OpenView.as_view(), name="open"),
            path("<int:pk>/<str:token>/", ConsentsView.as_view(), name="page"),
            path("<int:pk>/<str:token>/csv/", ConsentsCsvView.as_view(), name="csv"),
        ]
