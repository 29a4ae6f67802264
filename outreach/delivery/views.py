"""Staff pages over the ledger: how a broadcast comes along, and the decisions that only a person can take."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.log_actions import registry

from outreach.audience.choices import ChannelName
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.refusals import Refused
from outreach.broadcasts.studio.base import StudioView
from outreach.broadcasts.studio.decisions import open_to

from . import lifecycle, meanings
from .decisions import decide, is_open, last_decision
from .models import Delivery
from .pace import in_words, speed_in_words
from .progress import Progress, progress
from .signs import late

ON_THE_WAY = ("pause", "resume", "close", "cancel")
LOG_LINES = 10
State = Broadcast.State


class ProgressView(StudioView):
    """One broadcast's ledger in words and counts. A script keeps it up to date; without scripts it reloads itself."""

    permission_required = "view"
    template_name = "outreach/delivery/progress.html"
    page_title = gettext_lazy("Progress")
    header_icon = "time"

    def get_page_title(self) -> str:
        """The page's name."""
        return str(self.page_title)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the counts."""
        response = self.render_to_response(self.get_context_data())
        add_never_cache_headers(response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the ledger says now, in words, and what can be decided."""
        now, broadcast = timezone.now(), self.broadcast
        found = progress(broadcast, now=now) if lifecycle.is_frozen(broadcast) else None
        missed = late(broadcast, now=now)
        context = super().get_context_data(
            now=now,
            progress=found,
            every=_every(broadcast, found),
            meaning=meanings.of_broadcast(broadcast),
            late=in_words(missed) if missed else "",
            reach=self.reach_address,
            live=reverse("broadcast_progress_live", args=[broadcast.pk]),
            log=registry.get_logs_for_instance(broadcast).select_related("user")[:LOG_LINES],
            **kwargs,
        )
        return {**context, **self._decisions(found), **self._times(found)} if found else context

    def _times(self, found: Progress) -> dict[str, Any]:
        left = found.pace.left
        return {
            "left": in_words(left) if left is not None and found.is_sending else "",
            "still": ", ".join(str(ChannelName(name).label) for name in found.pace.still),
            "at_best": in_words(found.pace.at_best),
            "ends_at": found.read_at + left if left is not None else None,
            "lately": speed_in_words(found.pace.lately),
            "overall": speed_in_words(found.pace.overall),
            "ago": in_words(found.read_at - found.signs.seen_at) if found.signs.seen_at else "",
            "silent": in_words(found.signs.silent) if found.signs.silent else "",
        }

    def _decisions(self, found: Progress) -> dict[str, Any]:
        """What this person may decide about the broadcast and about its deliveries as they stand."""
        may_decide = self.may("approve")
        query = urlencode({"next": reverse("broadcast_progress", args=[self.broadcast.pk])})
        causes = [cause for trouble in found.troubles for cause in trouble.causes]
        uncertain = [cause for cause in causes if cause.status == Delivery.Status.UNCERTAIN]
        failed = [cause for cause in causes if cause.status in Delivery.RETRIED]
        return {
            "steps": [
                {"decision": decision, "address": f"{reverse(f'broadcasts:{name}', args=[self.broadcast.pk])}?{query}"}
                for name, decision in open_to(self.broadcast, self).items()
                if name in ON_THE_WAY
            ],
            "may_decide": may_decide,
            "after": last_decision(self.broadcast),
            "may_send_again": may_decide and is_open("send-again", self.broadcast, now=found.read_at),
            "may_take": may_decide and is_open("take-as-sent", self.broadcast, now=found.read_at),
            "may_retry": may_decide and is_open("retry-failed", self.broadcast, now=found.read_at),
            # One cause is the same as all of them.
            "uncertain_causes": uncertain if len(uncertain) > 1 else [],
            "failed_causes": failed if len(failed) > 1 else [],
        }


def _every(broadcast: Broadcast, found: Progress | None) -> int:
    """After how many milliseconds the page looks again: soon while counts move, 0 where nothing can change."""
    if broadcast.state == State.SENDING or (found and found.waiting and broadcast.state != State.PAUSED):
        return 2500
    return 10_000 if broadcast.state in {State.SCHEDULED, State.PAUSED} else 0


class LiveView(ProgressView):
    """The part of the progress page that changes, for the script that keeps the page up to date."""

    template_name = "outreach/delivery/components/live.html"


class SeenForm(forms.Form):
    """What somebody had in front of them when they decided."""

    seen = forms.IntegerField(min_value=0)
    after = forms.IntegerField(min_value=0)
    status = forms.CharField(max_length=10, required=False)
    channel = forms.CharField(max_length=12, required=False)
    words = forms.CharField(max_length=300, required=False, strip=False)


class DecisionView(StudioView):
    """Carries out what a person decided about deliveries that are uncertain or failed."""

    permission_required = "approve"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Change the deliveries, or say why nothing was changed, and go back to the progress page."""
        place = reverse("broadcast_progress", args=[self.broadcast.pk])
        form = SeenForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("The page was not sent as a whole. Nothing was changed: try it again."))
            return self.back(place)
        given = form.cleaned_data
        try:
            changed = decide(
                broadcast=self.broadcast,
                name=kwargs["decision"],
                seen=given["seen"],
                after=given["after"],
                status=given["status"],
                channel=given["channel"],
                words=given["words"] if given["channel"] else None,
                user=self.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            return self.refused(refusal, place)
        if not changed:
            messages.warning(request, _("There is nothing left to decide: it resolved itself meanwhile."))
            return self.back(place)
        text = ngettext("%(count)d delivery was changed.", "%(count)d deliveries were changed.", changed)
        if changed < given["seen"]:
            text += " " + _("The rest resolved itself meanwhile, or is for people who want fewer messages.")
        return self.done(text % {"count": changed}, place)
