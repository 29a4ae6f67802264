"""The words that people agree to, in the admin: every version with how many agreed, and each as it is on the form."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy, override
from django.views.generic import TemplateView, View
from wagtail.admin.viewsets.base import ViewSet

from outreach.audience.choices import Purpose
from outreach.audience.forms import SubscribeForm, as_label
from outreach.audience.granted import Agreed, agreed_to
from outreach.audience.models import Wording
from outreach.audience.segments.counting import shown
from outreach.audience.wording import Wordings, Words

from .page import ModelMenuItem
from .wording_drafts import ICON, DropView, NewView, PublishView, WordingView, WriteView, direction

PREVIEW_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
"""A preview looks like the form, and sends nothing."""


class WordingsView(WordingView, TemplateView):
    """Each purpose with all its versions, the latest first."""

    template_name = "outreach/audience/staff/wordings.html"
    page_title = gettext_lazy("Wordings")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Versions, with how many people agreed to each."""
        wordings, counts = Wordings.load(), agreed_to()
        rows = {(row.purpose, row.version): row for row in Wording.objects.select_related("published_by", "made_by")}
        drafts = {row.purpose: row for row in rows.values() if row.published_at is None}
        purposes = [
            {
                "code": purpose.value,
                "name": purpose.label,
                "words": wordings.words(purpose),
                "draft": drafts.get(purpose),
                "versions": [
                    {
                        "version": version,
                        "row": rows.get((purpose, version)),
                        "ever": shown(counts.get((purpose, version), Agreed()).ever, exactly=False),
                        "still": shown(counts.get((purpose, version), Agreed()).still, exactly=False),
                        "is_current": version == wordings.current(purpose),
                    }
                    for version in reversed(wordings.versions(purpose))
                ],
            }
            for purpose in Purpose
        ]
        may = {name: self.may(name) for name in ("add", "change", "publish")}
        return super().get_context_data(purposes=purposes, may=may, **kwargs)


class VersionView(WordingView, TemplateView):
    """One version that is or was shown to people: its words in every language. It never changes."""

    template_name = "outreach/audience/staff/wording_version.html"

    def get_page_title(self) -> str:
        """Purpose and version."""
        return f"{self.purpose.label}, {self.kwargs['version']}"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Look the version up; 404 where it never was."""
        super().setup(request, *args, **kwargs)
        if kwargs["purpose"] not in Purpose.values:
            raise Http404
        self.purpose = Purpose(kwargs["purpose"])
        self.wordings = Wordings.load()
        if kwargs["version"] not in self.wordings.versions(self.purpose):
            raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words, who published them and why, and how many agreed."""
        version = self.kwargs["version"]
        counted = agreed_to().get((self.purpose.value, version), Agreed())
        texts = [(language, self.wordings.words(self.purpose, version, code)) for code, language in settings.LANGUAGES]
        row = Wording.objects.filter(purpose=self.purpose, version=version).select_related("published_by").first()
        context = {
            "purpose": self.purpose,
            "row": row,
            "is_current": version == self.wordings.current(self.purpose),
            "texts": [(language, words, direction(words.language)) for language, words in texts],
            "ever": shown(counted.ever, exactly=False),
            "still": shown(counted.still, exactly=False),
        }
        return super().get_context_data(**{**kwargs, **context})


class PreviewView(WordingView, View):
    """A draft as people will see it on the form, in one language; the form sends nothing."""

    def get(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The form with the draft's words."""
        wording = get_object_or_404(Wording, pk=pk)
        if language not in dict(settings.LANGUAGES):
            raise Http404
        texts = dict(wording.texts.values_list("language", "text"))
        written = language if language in texts else settings.LANGUAGE_CODE
        with override(language):
            form = SubscribeForm(now=timezone.now())
            form.fields[wording.purpose].label = as_label(Words(wording.version, written, texts.get(written, "")))
            response = render(request, "outreach/audience/staff/wording_preview.html", {"form": form})
        response["Content-Security-Policy"] = PREVIEW_POLICY
        return response


class WordingMenuItem(ModelMenuItem):
    """The words that people agree to."""

    model = Wording


class WordingViewSet(ViewSet):
    """The pages about the words that people agree to."""

    name = "wordings"
    icon = ICON
    menu_label = gettext_lazy("Consent wordings")
    menu_order = 172
    menu_item_class = WordingMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, the versions, and what is done to drafts."""
        return [
            path("", WordingsView.as_view(), name="index"),
            path("new/<str:purpose>/", NewView.as_view(), name="new"),
            path("<int:pk>/", WriteView.as_view(), name="write"),
            path("<int:pk>/drop/", DropView.as_view(), name="drop"),
            path("<int:pk>/publish/", PublishView.as_view(), name="publish"),
            path("<int:pk>/preview/<str:language>/", PreviewView.as_view(), name="preview"),
            path("<str:purpose>/<str:version>/", VersionView.as_view(), name="version"),
        ]
