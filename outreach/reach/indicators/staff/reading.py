"""The pages that are read: every campaign, its framework, and one indicator."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from outreach.broadcasts.campaign import Campaign
from outreach.broadcasts.campaign_words import words_of_each
from outreach.reach.documents.writers import WRITERS
from outreach.reach.figures import no_headline
from outreach.reach.indicators import wording
from outreach.reach.indicators.actuals import entered, to_date
from outreach.reach.indicators.logframe import by_quarter, logframe
from outreach.reach.indicators.totals import Counting
from outreach.reach.indicators.trail import Change
from outreach.reach.metrics import COST, ESTIMATED_AUDIENCE, FEMALE_SHARE, POPULATION_COVERAGE

from .base import ResultsView, office_day

CHANGES_SHOWN = 50


class CampaignsView(ResultsView):
    """The campaigns, each leading to its framework."""

    template_name = "outreach/reach/indicators/index.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        campaigns = list(Campaign.objects.all())
        words = words_of_each(campaigns)
        rows = [(campaign, words[campaign.slug]) for campaign in campaigns]
        return self.render_to_response(self.get_context_data(campaigns=rows))

    def get_header_title(self) -> str:
        """What stands above the list."""
        return str(_("Results"))


class LogframeView(ResultsView):
    """Planned and reached, result by result."""

    template_name = "outreach/reach/indicators/logframe.html"

    def get(self, request: HttpRequest, campaign: int) -> HttpResponse:
        """Show it."""
        frame = logframe(campaign=self.campaign, today=office_day())
        changes = Change.objects.filter(campaign=self.campaign, indicator=None)[:CHANGES_SHOWN]
        return self.render_to_response(
            self.get_context_data(
                frame=frame,
                campaign=self.campaign,
                words=self.words,
                cost=wording.cost(frame.cost),
                cost_metric=COST,
                estimated_audience=ESTIMATED_AUDIENCE,
                overlap=wording.overlap(),
                population_coverage=POPULATION_COVERAGE,
                sizes=wording.sizes(),
                limits=wording.limits(),
                changes=changes,
                downloads=[
                    (reverse(f"results:{name}", args=[self.campaign.pk]), writer.label)
                    for name, writer in WRITERS.items()
                ],
                **may_write(self),
            )
        )

    def get_header_title(self) -> str:
        """The campaign."""
        return self.words.name


class IndicatorView(ResultsView):
    """One indicator: by quarter, with its sheet, its values and its history."""

    template_name = "outreach/reach/indicators/indicator.html"

    def get(self, request: HttpRequest, indicator: int) -> HttpResponse:
        """Show it."""
        today, shown, counting = office_day(), self.indicator, Counting(self.campaign)
        entries = list(shown.entries.all())
        for entry in entries:
            entry.indicator = shown
        return self.render_to_response(
            self.get_context_data(
                indicator=shown,
                campaign=self.campaign,
                baseline=wording.baseline(shown),
                is_female_share=shown.metric == FEMALE_SHARE.code,
                no_headline=no_headline(),
                now_at=to_date(indicator=shown, today=today, counting=counting),
                quarters=by_quarter(indicator=shown, today=today, counting=counting),
                entries=[(entry, entered(entry)) for entry in reversed(entries)],
                sheet=wording.sheet(shown),
                changes=shown.changes.all()[:CHANGES_SHOWN],
                once=wording.once(),
                **may_write(self),
            )
        )

    def get_header_title(self) -> str:
        """Its code and name."""
        return str(self.indicator)


def may_write(view: ResultsView) -> dict[str, bool]:
    """What the user may do, by the name that templates ask for."""
    return {
        "may_change": view.may("change_indicator"),
        "may_add": view.may("add_indicator"),
        "may_enter": view.may("add_entry"),
        "may_correct": view.may("change_entry"),
        "may_estimate": view.may("add_estimate"),
        "may_correct_estimate": view.may("change_estimate"),
        "may_spend": view.may("add_spend"),
    }
