"""Drafts of the words that people agree to: begun, written beside the words in force, published or dropped."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView

from outreach.audience import wording_drafts
from outreach.audience.choices import Purpose
from outreach.audience.granted import Agreed, agreed_to
from outreach.audience.models import Wording
from outreach.audience.segments.counting import shown
from outreach.audience.wording import Wordings
from outreach.audience.wording_drafts import required_languages

from .page import Page, ReasonField

ICON = "form"
LONGEST = 600


def direction(language: str) -> str:
    """In which direction a language is read."""
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


class WordingView(Page):
    """A page about wordings."""

    model = Wording
    index_url_name = "wordings:index"
    header_icon = ICON


def reason_field() -> ReasonField:
    """Why a wording changes."""
    return ReasonField(
        label=gettext_lazy("Why it changes"),
        help_text=gettext_lazy("Stands beside the version for good, for whoever inspects it."),
    )


class NewForm(forms.Form):
    """Why there is to be another version."""

    reason = reason_field()


class NewView(WordingView, FormView):
    """Begin a draft of one purpose; leads to the one that there is already."""

    permission_required = "add"
    form_class = NewForm
    template_name = "outreach/audience/staff/wording_new.html"
    page_title = gettext_lazy("Write new words")

    @cached_property
    def purpose(self) -> Purpose:
        """The purpose in the address; 404 for another."""
        if self.kwargs["purpose"] not in Purpose.values:
            raise Http404
        return Purpose(self.kwargs["purpose"])

    def get_page_subtitle(self) -> str:
        """The purpose."""
        return str(self.purpose.label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What people see today."""
        return super().get_context_data(words=Wordings.load().words(self.purpose), **kwargs)

    def form_valid(self, form: NewForm) -> HttpResponse:
        """To the draft."""
        try:
            draft = wording_drafts.draft(
                purpose=self.purpose, reason=form.cleaned_data["reason"], user=self.user, now=timezone.now()
            )
        except wording_drafts.DraftExists as error:
            messages.warning(self.request, _("There is a draft already. Here it is."))
            draft = error.draft
        return redirect("wordings:write", draft.pk)


class TextsForm(forms.Form):
    """A text in each language of the site, and why the words change."""

    reason = reason_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, language in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=language,
                required=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code, "dir": direction(code)}),
            )

    @property
    def texts(self) -> dict[str, str]:
        """What was written, by language, each in one line."""
        return {code: " ".join(self.cleaned_data[f"text_{code}"].split()) for code, _language in settings.LANGUAGES}


class DraftView(WordingView, FormView):
    """A page about one draft; what was published meanwhile is shown as it stands."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look at the draft after the permission was checked; 404 where there is none."""
        if self.user_has_permission(self.permission_required):
            self.wording = get_object_or_404(Wording, pk=kwargs["pk"])
            if self.wording.published_at:
                return self.as_published()
        return super().dispatch(request, *args, **kwargs)

    def as_published(self) -> HttpResponse:
        """To the version that never changes."""
        return redirect("wordings:version", self.wording.purpose, self.wording.version)

    def get_page_subtitle(self) -> str:
        """Purpose and version."""
        return str(self.wording)

    @cached_property
    def texts(self) -> dict[str, str]:
        """What the draft says, by language."""
        return dict(self.wording.texts.values_list("language", "text"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The draft."""
        return super().get_context_data(wording=self.wording, **kwargs)

    def in_force(self) -> list[dict[str, Any]]:
        """Each language with what people see in it today."""
        wordings, required = Wordings.load(), required_languages()
        return [
            {
                "code": code,
                "language": language,
                "words": words,
                "direction": direction(words.language),
                "is_required": code in required,
            }
            for code, language in settings.LANGUAGES
            for words in [wordings.words(self.wording.purpose, language=code)]
        ]


class WriteView(DraftView):
    """The texts of a draft, each beside the one in force."""

    permission_required = "change"
    form_class = TextsForm
    template_name = "outreach/audience/staff/wording_write.html"
    page_title = gettext_lazy("Draft")

    def get_initial(self) -> dict[str, Any]:
        """What was kept."""
        return {"reason": self.wording.reason, **{f"text_{code}": text for code, text in self.texts.items()}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each language with its field."""
        context = super().get_context_data(**kwargs)
        rows = [{**row, "field": context["form"][f"text_{row['code']}"]} for row in self.in_force()]
        return {**context, "rows": rows, "may_publish": self.may("publish")}

    def form_valid(self, form: TextsForm) -> HttpResponse:
        """Keep what was written; to the question whether to publish, if that was pressed."""
        try:
            wording_drafts.write(
                wording=self.wording,
                reason=form.cleaned_data["reason"],
                texts=form.texts,
                user=self.user,
                now=timezone.now(),
            )
        except wording_drafts.Published:
            messages.error(self.request, _("Somebody published these words meanwhile. They can't change any more."))
            return self.as_published()
        messages.success(self.request, _("The draft is saved. Nobody sees it yet."))
        return redirect("wordings:publish" if "publish" in self.request.POST else "wordings:write", self.wording.pk)


class PublishView(DraftView):
    """Ask whether to show a draft to people, and say what that does."""

    permission_required = "publish"
    form_class = forms.Form
    template_name = "outreach/audience/staff/wording_publish.html"
    page_title = gettext_lazy("Publish new words")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The texts beside those in force, what is missing, and how many agreed to the version before."""
        current = Wordings.load().current(self.wording.purpose)
        rows = [{**row, "text": self.texts.get(row["code"], "")} for row in self.in_force()]
        counted = agreed_to().get((self.wording.purpose, current), Agreed())
        return super().get_context_data(
            rows=rows,
            missing=[row["language"] for row in rows if row["is_required"] and not row["text"]],
            current=current,
            ever=shown(counted.ever, exactly=False),
            still=shown(counted.still, exactly=False),
            may_change=self.may("change"),
            **kwargs,
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Publish, or say why not."""
        try:
            wording_drafts.publish(wording=self.wording, user=self.user, now=timezone.now())
        except wording_drafts.TextsMissing:
            form.add_error(None, _("Not published: some languages have no text yet. They are named below."))
        except wording_drafts.NothingChanged:
            form.add_error(None, _("Not published: these are the words that people see already."))
        except wording_drafts.Published:
            return self.as_published()
        else:
            messages.success(self.request, _("Published. Whoever joins from now on agrees to these words."))
            return self.as_published()
        return self.form_invalid(form)


class DropView(DraftView):
    """Ask whether to throw a draft away."""

    permission_required = "change"
    form_class = forms.Form
    template_name = "outreach/audience/staff/wording_drop.html"
    page_title = gettext_lazy("Drop the draft")

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Drop it."""
        try:
            wording_drafts.drop(wording=self.wording, user=self.user, now=timezone.now())
        except wording_drafts.Published:
            return self.as_published()
        messages.success(self.request, _("The draft is dropped."))
        return redirect("wordings:index")
