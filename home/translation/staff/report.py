"""The report of every page with the state of its translation into each language."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale, Page
from wagtail.permissions import page_permission_policy

from home.translation.states import State, source_language, states

from .exchange import may_exchange


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

    def get_header_more_buttons(self) -> list[Any]:
        """Wagtail's own, and the exchange with translators for those who may."""
        buttons: list[Any] = list(super().get_header_more_buttons())
        if may_exchange(self.request.user):
            buttons += [
                Button(_("Catalogues for translators"), reverse("home_translation_export"), icon_name="download"),
                Button(_("Take translations back"), reverse("home_translation_import"), icon_name="upload"),
            ]
        return buttons

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
