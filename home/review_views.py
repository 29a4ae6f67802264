"""Staff pages for translations: the report of their states, and the form that records a native speaker's review."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView
from wagtail.models import Locale, Page
from wagtail.permissions import page_permission_policy

from home.models import TranslationReview
from home.reviews import NotATranslation, State, record_review, source_language, states


class StaffRequest(HttpRequest):
    """A request to a staff page: Wagtail has made sure that somebody is signed in."""

    user: User


class StateFilter(WagtailFilterSet):
    """Pages that have a translation in a state."""

    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=State.choices, method="in_state")

    class Meta:
        model = Page
        fields: list[str] = []

    def in_state(self, pages: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        """The pages of which any translation is in the state."""
        found = states(pages)
        return pages.filter(
            pk__in=[pk for pk, languages in found.items() if any(s == value for s, _page in languages.values())]
        )


class StateColumn(Column):
    """The state of one language, and the way to its page."""

    cell_template_name = "home/admin/translation_state.html"

    def __init__(self, language: str, label: str) -> None:
        super().__init__(language, label=label)

    def get_value(self, instance: Any) -> tuple[State, Page | None]:
        """The state and the page of the row's translation."""
        found: tuple[State, Page | None] = instance.translation_states[self.name]
        return found


class TranslationStatesView(ReportView):
    """Every page in the source language, with the state of its translation into each other language."""

    page_title = gettext_lazy("Translations by state")
    header_icon = "globe"
    index_url_name = "home_translation_states"
    index_results_url_name = "home_translation_states_results"
    filterset_class = StateFilter
    is_searchable = False
    list_export: list[str] = []

    @property
    def columns(self) -> list[Column]:
        """The page, then one column for each other language."""
        others = [locale for locale in Locale.objects.all() if locale.language_code != source_language()]
        return [
            Column("title", label=_("Page"), accessor="title"),
            *(StateColumn(locale.language_code, str(locale)) for locale in others),
        ]

    def get_queryset(self) -> QuerySet[Page]:
        """The pages in the source language on which the reader may work."""
        pages: QuerySet[Page] = page_permission_policy.instances_user_has_any_permission_for(
            self.request.user, {"add", "change", "publish"}
        )
        return pages.filter(locale=Locale.get_default(), depth__gt=1, alias_of=None).order_by("path")

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Add the states of the pages that are shown."""
        found = states(object_list)
        for page in object_list:
            page.translation_states = found[page.pk]
        return object_list


class ReviewForm(forms.ModelForm):
    """Who read the translation."""

    class Meta:
        model = TranslationReview
        fields = ["reviewed_by"]


class ReviewView(WagtailAdminTemplateMixin, View):
    """Asks who read the page as a native speaker, and records it; only for those who may publish the page."""

    template_name = "home/admin/review.html"
    page_title = gettext_lazy("Mark as reviewed by a native speaker")
    header_icon = "check"
    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for those who may publish the page."""
        self.page = get_object_or_404(Page, pk=kwargs["page_id"]).specific
        if not self.page.permissions_for_user(request.user).can_publish():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Ask who read it."""
        return self.form_page(ReviewForm(initial={"reviewed_by": self.request.user.get_full_name()}))

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Record it and go back to the editor."""
        form = ReviewForm(request.POST)
        if not form.is_valid():
            return self.form_page(form)
        name = form.cleaned_data["reviewed_by"]
        try:
            record_review(page=self.page, reviewed_by=name, user=self.request.user, now=timezone.now())
        except NotATranslation:
            messages.error(request, _("This page is no translation."))
        else:
            messages.success(request, _("Recorded: %(name)s has read this translation.") % {"name": name})
        return redirect(reverse("wagtailadmin_pages:edit", args=[page_id]))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the page, this form."""
        edit = {
            "url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
            "label": self.page.get_admin_display_title(),
        }
        return [*self.breadcrumbs_items, edit, {"url": "", "label": self.page_title}]

    def form_page(self, form: ReviewForm) -> HttpResponse:
        """The page with the form."""
        return self.render_to_response(self.get_context_data(form=form, page=self.page))
