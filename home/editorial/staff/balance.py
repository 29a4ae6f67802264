"""The balance of voices and pictures: a panel on the dashboard, and a report with a filter and an export."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import page_permission_policy

from home.editorial.balance import DAYS, FUNCTIONS, GENDERS, ROLES, Balance, balance, before, campaigns, last_days
from home.editorial.office_day import office_day


@dataclass(frozen=True)
class Bar:
    """A count with its share of the longest bar beside it, in per cent."""

    label: Any
    count: int
    share: float


@dataclass(frozen=True)
class Small:
    """One of several charts of the same kind, which share a scale."""

    title: Any
    bars: list[Bar]
    total: int


def bars(counts: list[tuple[Any, int]], most: int) -> list[Bar]:
    """Bars on a scale that ends at ``most``."""
    return [Bar(label, count, 100 * count / most if most else 0) for label, count in counts]


def small_multiples(found: Balance) -> list[Small]:
    """People quoted by gender, one small chart for each function in which somebody speaks, on the scale of them all."""
    groups = [(label, [found.voices[gender, key] for gender in GENDERS]) for key, label in FUNCTIONS.items()]
    most = max(found.of_gender(gender) for gender in GENDERS)
    return [
        Small(label, bars(list(zip(GENDERS.values(), counts, strict=True)), most), sum(counts))
        for label, counts in groups
        if sum(counts)
    ]


def shown(found: Balance) -> dict[str, Any]:
    """What a template needs of a balance."""
    genders = [(label, found.of_gender(key)) for key, label in GENDERS.items()]
    roles = [(label, found.roles[key]) for key, label in ROLES.items()]
    return {
        "balance": found,
        "genders": bars(genders, max(count for _label, count in genders)),
        "functions": small_multiples(found),
        "roles": bars(roles, max(count for _label, count in roles)),
        "pictures": found.roles.total(),
        "authors": [(name, count) for name, count in found.authors.most_common() if name],
        "sentence": sentence(found),
    }


def sentence(found: Balance) -> str:
    """The finding in words; no share where few people stated a gender, and none of nobody."""
    if not found.quoted:
        return _("Nobody was quoted in these days.")
    people = ngettext("%(count)d person was quoted", "%(count)d people were quoted", found.quoted)
    figures = _("women %(women)d, men %(men)d, another gender %(another)d. %(stated)d of %(count)d stated a gender.")
    return (_("%(people)s: %(figures)s") % {"people": people, "figures": figures}) % {
        "count": found.quoted,
        "women": found.of_gender("woman"),
        "men": found.of_gender("man"),
        "another": found.of_gender("another"),
        "stated": found.stated,
    }


class BalancePanel(Component):
    """The last 90 days on the dashboard."""

    name = "balance"
    template_name = "home/admin/balance/panel.html"
    order = 350
    media = Media(css={"all": ["editorial/editorial.css"]})

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """The balance of the whole site."""
        return {"days": DAYS, "report_url": reverse("home_balance"), **shown(last_days(day=office_day()))}


FIRST_YEAR, LAST_YEAR = 2000, 2200


class PeriodForm(forms.Form):
    """Which days, and of which campaign."""

    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"}))
    campaign = forms.ChoiceField(label=gettext_lazy("Campaign"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(page.pk), page.title) for page in campaigns()]
        field = self.fields["campaign"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Whole site")), *choices]
        if not choices:
            del self.fields["campaign"]

    def clean(self) -> dict[str, Any]:
        """The days have to follow each other."""
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        for name, day in (("since", since), ("until", until)):
            if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
                self.add_error(name, _("Enter a valid date."))
        return cleaned


class BalanceView(WagtailAdminTemplateMixin, View):
    """The report: small charts of voices, pictures and authors, beside those of the days before."""

    template_name = "home/admin/balance/report.html"
    page_title = gettext_lazy("Voices and pictures")
    header_icon = "group"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, this report."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for those who work on pages."""
        if not page_permission_policy.user_has_any_permission(request.user, {"add", "change", "publish"}):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it, or export it; without a choice the last 90 days."""
        day = office_day()
        first = {"since": day - timedelta(days=DAYS - 1), "until": day, "campaign": ""}
        form = PeriodForm({**first, **request.GET.dict()})
        chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else first
        campaign = int(chosen["campaign"]) if chosen.get("campaign") else None
        found = balance(since=chosen["since"], until=chosen["until"], campaign=campaign)
        if request.GET.get("export") == "csv" and form.is_valid():
            return export(found)
        query = request.GET.copy()
        query["export"] = "csv"
        context = self.get_context_data(
            form=form,
            export_url=f"?{query.urlencode()}",
            now=shown(found),
            before=shown(before(found, campaign=campaign)),
        )
        return self.render_to_response(context)


def export(found: Balance) -> HttpResponse:
    """The counts as a table: one line for each, zero included, with the days they are of."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="balance-{found.since}-{found.until}.csv"'
    writer = csv.writer(response)
    writer.writerow(["since", "until", "counted", "gender", "function_or_role", "count"])
    for line in lines(found):
        writer.writerow([found.since, found.until, *line])
    return response


def lines(found: Balance) -> Iterator[tuple[str, str, str, int]]:
    """The counts: what is counted, by gender, by function or role."""
    yield "items", "", "", found.items
    for gender in GENDERS:
        for function in FUNCTIONS:
            yield "people_quoted", gender, function, found.voices[gender, function]
    for role in ROLES:
        yield "pictures_of_people", "", role, found.roles[role]
    yield "items_with_known_author", "", "", found.authors_known
