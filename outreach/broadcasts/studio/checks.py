"""What can be said about a text before anybody reads it: its lengths, what filters may doubt, what its links answer."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from outreach.broadcasts.hints import DOUBTFUL, JUNK, Hint, hints, score, verdict
from outreach.broadcasts.link_check import check_links
from outreach.broadcasts.measures import Measure, measures
from outreach.broadcasts.models import Message
from outreach.broadcasts.refusals import UnfitMessage
from outreach.broadcasts.rendering import fresh
from outreach.broadcasts.rendering.body import Links, all_buttons, cleaned
from outreach.channels.built import Built

from .base import CellView
from .forms import MessageForm


@dataclass(frozen=True)
class Findings:
    """The lengths of a text and the hints about it, with their points together."""

    measures: list[Measure]
    hints: list[Hint]
    points: float

    @property
    def verdict(self) -> str:
        """What the points mean."""
        return verdict(self.points)

    @property
    def is_doubtful(self) -> bool:
        """Whether somebody should look again."""
        return self.points >= DOUBTFUL

    @property
    def junk(self) -> float:
        """The points from which on a mail is likely to be taken for junk."""
        return JUNK


def findings(message: Message) -> Findings:
    """What can be said about ``message``, which need not be saved."""
    try:
        built: Built | None = fresh(message)
    except UnfitMessage:
        built = None
    given = hints(message, built)
    return Findings(measures(message, built), given, score(given))


class FindingsView(CellView):
    """The findings about a text being written, as a piece of its page; nothing is saved."""

    permission_required = "view"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Look at it, whether it can be sent or not."""
        text = Message(broadcast=self.broadcast, channel=self.channel, language=self.language)
        form = MessageForm(request.POST, instance=text)
        form.is_valid()
        return render(
            request,
            "outreach/broadcasts/components/findings.html",
            {"findings": findings(form.instance), "channel": self.channel},
        )


class LinksView(CellView):
    """Asks every link of the saved text whether it answers."""

    any_permission_required = ("change", "approve")
    http_method_names = ["get", "post"]
    template_name = "outreach/broadcasts/links.html"

    def get_page_title(self) -> str:
        """What is looked at."""
        return _("Links: %(cell)s") % {"cell": self.cell_name}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Back to the text, where somebody comes by the address alone: nothing is asked."""
        return redirect("broadcasts:cell", self.broadcast.pk, self.channel, self.language)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask, and show each answer."""
        links = Links(language=self.language)
        cleaned(self.message, links)
        for _label, target in all_buttons(self.message):
            links.placeholder(target)
        return self.render_to_response(
            self.get_context_data(checked=check_links(links.targets), problems=list(dict.fromkeys(links.problems)))
        )
