"""The report of all checklists: which pages have something open, and what."""

from typing import Any

import django_filters
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Locale, Page
from wagtail.permissions import page_permission_policy

from home.editorial.checklist import checklist
from home.editorial.items import ITEMS
from home.editorial.judging import State
from home.editorial.kinds import kinds


def checked_types(request: Any = None) -> QuerySet[ContentType]:
    """The kinds of pages that have a checklist."""
    found = ContentType.objects.get_for_models(*kinds()).values()
    return ContentType.objects.filter(pk__in=[content_type.pk for content_type in found])


class ChecklistFilter(WagtailFilterSet):
    """Pages by kind, language, what is open, and whether they are public."""

    item = django_filters.ChoiceFilter(
        label=gettext_lazy("Open item"),
        choices=[("any", gettext_lazy("Any")), *((item.key, item.title) for item in ITEMS)],
        method="with_open_item",
    )
    content_type = django_filters.ModelChoiceFilter(label=gettext_lazy("Kind"), queryset=checked_types)
    locale = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Language"), queryset=lambda request: Locale.objects.all()
    )
    live = django_filters.BooleanFilter(label=gettext_lazy("Published"))

    class Meta:
        model = Page
        fields = ["item", "content_type", "locale", "live"]

    def with_open_item(self, pages: QuerySet[Page], name: str, value: str) -> QuerySet[Page]:
        """The pages on which the item, or any, is open; each page is read for it."""
        found = [
            page.pk
            for page in pages
            if any(
                entry.is_open and value in ("any", entry.item.key)
                for entry in checklist(page.get_latest_revision_as_object())
            )
        ]
        return pages.filter(pk__in=found)


def no_formula(text: str) -> str:
    """The text as a spreadsheet shows it: a leading sign would make it a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


class StateColumn(Column):
    """Where an item stands on a page: words and a sign."""

    cell_template_name = "home/admin/checklist/state_cell.html"


class ChecklistReport(ReportView):
    """Every page that has a checklist and on which the reader works, with the state of each item."""

    page_title = gettext_lazy("Editorial checklist")
    template_name = "home/admin/checklist/report.html"
    header_icon = "list-ul"
    index_url_name = "home_checklist_report"
    index_results_url_name = "home_checklist_report_results"
    filterset_class = ChecklistFilter
    is_searchable = False
    paginate_by = 30
    permission_policy = page_permission_policy
    any_permission_required = {"add", "change", "publish"}
    export_filename = "checklist"
    custom_value_preprocess = {
        State: dict.fromkeys(ReportView.FORMATS, lambda state: str(state.label)),
        str: {ReportView.FORMAT_CSV: no_formula},
        **ReportView.custom_value_preprocess,
    }
    columns = [
        TitleColumn("title", label=gettext_lazy("Page"), accessor="title", url_name="home_checklist"),
        Column("locale", label=gettext_lazy("Language"), accessor="locale"),
        Column("kind", label=gettext_lazy("Kind"), accessor="kind"),
        *(StateColumn(item.key, label=item.title, accessor=item.key) for item in ITEMS),
    ]
    list_export = ["title", "locale", "kind", *(item.key for item in ITEMS), "url_path"]
    export_headings = {
        "title": gettext_lazy("Page"),
        "locale": gettext_lazy("Language"),
        "kind": gettext_lazy("Kind"),
        "url_path": gettext_lazy("Address"),
        **{item.key: item.title for item in ITEMS},
    }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Also what the signs mean."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"legend": list(State)}

    def get_queryset(self) -> QuerySet[Page]:
        """The pages that have a checklist, those that changed last first."""
        pages: QuerySet[Page] = page_permission_policy.instances_user_has_any_permission_for(
            self.request.user, self.any_permission_required
        )
        kept = pages.filter(content_type__in=checked_types(), alias_of=None)
        return kept.select_related("locale", "content_type").order_by("-latest_revision_created_at", "-pk")

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Add the states of the pages that are shown or exported."""
        for page in object_list:
            page.kind = page.page_type_display_name
            for entry in checklist(page.get_latest_revision_as_object()):
                setattr(page, entry.item.key, State(entry.state))
        return object_list
