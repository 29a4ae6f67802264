"""The glossary and the register of consents in the admin."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.forms import Media
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from home.editorial.models import PhotoConsent, Term
from home.editorial.office_day import office_day
from home.editorial.photos import SOON, ending

SOON_STATE = "soon"


class TermViewSet(SnippetViewSet):
    """The terms that the office uses and those that it avoids."""

    model = Term
    icon = "openquote"
    menu_label = _("Terms")
    list_display = ["term", "instead_of", "source"]
    list_filter = ["locale"]
    list_export = ["term", "locale", "definition", "instead_of", "unless", "why", "source", "source_url"]
    search_fields = ["term", "definition", "instead_of"]
    list_per_page = 50


class ConsentFilter(WagtailFilterSet):
    """Consents by whether they hold."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(SOON_STATE, _("Ends within 30 days")), *PhotoConsent.State.choices],
        method="in_state",
    )

    class Meta:
        model = PhotoConsent
        fields = ["state"]

    def in_state(self, consents: QuerySet[PhotoConsent], name: str, value: str) -> QuerySet[PhotoConsent]:
        """Those in a state on the office's day."""
        day = office_day()
        if value == SOON_STATE:
            return consents.filter(pk__in=ending(day=day).values("pk"))
        return consents.filter(pk__in=[found.pk for found in consents if found.state_on(day) == value])


class StateColumn(Column):
    """Whether a consent holds, in words with a sign; one that ends soon says so."""

    cell_template_name = "home/admin/consent_state.html"

    def get_value(self, instance: Any) -> dict[str, Any]:
        """The state on the office's day."""
        return consent_state(instance, office_day())


def consent_state(consent: PhotoConsent, day: date) -> dict[str, Any]:
    """The state of a consent, and whether it ends soon."""
    state = consent.state_on(day)
    ends = consent.ends_on
    return {"state": state, "soon": state is consent.State.VALID and ends is not None and ends <= day + SOON}


class ConsentIndexView(IndexView):
    """The register, what ends first on top."""

    default_ordering = "ends_on"

    def get_base_queryset(self) -> QuerySet[PhotoConsent]:
        """With the number of pages on which the photos of each are."""
        found: QuerySet[PhotoConsent] = super().get_base_queryset()
        return found.annotate(pages=Count("uses__page", distinct=True))


class ConsentViewSet(SnippetViewSet):
    """The consents of people shown in photos."""

    model = PhotoConsent
    icon = "image"
    menu_label = _("Consents to photos")
    index_view_class = ConsentIndexView
    filterset_class = ConsentFilter
    list_display = [
        "reference",
        StateColumn("state", label=_("State"), accessor="state"),
        "people",
        "given_on",
        "ends_on",
        "withdrawn_on",
        Column("pages", label=_("Pages")),
    ]
    list_export = ["reference", "people", "given_on", "ends_on", "withdrawn_on", "filed", "scope"]
    search_fields = ["reference", "filed", "scope"]


class EditorialGroup(SnippetViewSetGroup):
    """What editors keep beside pages."""

    items = (TermViewSet, ConsentViewSet)
    menu_label = _("Editorial")
    menu_name = "editorial"
    menu_icon = "openquote"
    menu_order = 350


class ConsentsPanel(Component):
    """Says on the dashboard whose photos leave the site within 30 days."""

    name = "consents"
    template_name = "home/admin/consents_panel.html"
    order = 340
    media = Media(css={"all": ["editorial/editorial.css"]})

    def __init__(self, ending: list[PhotoConsent]) -> None:
        self.ending = ending

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """The consents, and the way to them."""
        return {"consents": self.ending, "register_url": soon_url()}


def soon_url() -> str:
    """The register, filtered to what ends soon."""
    return f"{reverse('wagtailsnippets_home_photoconsent:list')}?state={SOON_STATE}"


class ConsentMenuItem(MenuItem):
    """The report of consents that end soon: the register, filtered."""

    def __init__(self) -> None:
        super().__init__(_("Consents that end soon"), soon_url(), name="consents", icon_name="image", order=860)

    def is_shown(self, request: Any) -> bool:
        """For those who keep the register."""
        return bool(request.user.has_perm("home.change_photoconsent"))
