"""The form that records a native speaker's review."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from home.models import TranslationReview
from home.translation.standing import untranslated
from home.translation.states import NotATranslation, record_review

from .page_view import PageView


class ReviewForm(forms.ModelForm):
    """Who read the translation."""

    class Meta:
        model = TranslationReview
        fields = ["reviewed_by"]


class ReviewView(PageView):
    """Asks who read the page as a native speaker, and records it; only for those who may publish the page."""

    template_name = "home/admin/review.html"
    page_title = gettext_lazy("Mark as reviewed by a native speaker")
    header_icon = "check"

    def allows(self) -> bool:
        """Only those who may publish the page."""
        return bool(self.page.permissions_for_user(self.request.user).can_publish())

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Ask who read it."""
        return self.form_page(ReviewForm(initial={"reviewed_by": self.request.user.get_full_name()}))

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Record it and go back to the editor."""
        form = ReviewForm(request.POST)
        if not form.is_valid():
            return self.form_page(form)
        name = form.cleaned_data["reviewed_by"]
        if untranslated(self.page):
            messages.error(request, _("Some texts still stand in the source language. Translate them first."))
            return redirect(self.edit_url())
        try:
            record_review(page=self.page, reviewed_by=name, user=self.request.user, now=timezone.now())
        except NotATranslation:
            messages.error(request, _("This page is no translation."))
        else:
            messages.success(request, _("Recorded: %(name)s has read this translation.") % {"name": name})
        return redirect(self.edit_url())

    def form_page(self, form: ReviewForm) -> HttpResponse:
        """The page with the form."""
        return self.render_to_response(self.get_context_data(form=form, page=self.page))
