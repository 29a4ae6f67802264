"""A broadcast's own page: where it stands, what comes next, its texts, its people, its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import registry

from outreach.audience.choices import ChannelName
from outreach.audience.segments import Told
from outreach.broadcasts import services
from outreach.broadcasts.attribution import ENDED
from outreach.broadcasts.audience import Reason, Share, by_cell, by_reason, outgoing, receivers, shares
from outreach.broadcasts.matrix import Cell, CellState, matrix
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.quiet import resting
from outreach.broadcasts.readiness import not_ready
from outreach.broadcasts.refusals import Overtaken, Refused
from outreach.broadcasts.sources import carried_pages
from outreach.broadcasts.standing import given_approval, open_submission, settings_version, why_not_second_person

from .base import StudioView
from .decisions import open_to
from .forms import AudienceForm
from .listing import can_be_deleted

State = Broadcast.State
LOG_LINES = 8


@dataclass(frozen=True)
class People:
    """What becomes of the subscriptions on one channel, as counts."""

    channel: str
    getting: Told
    left_out: list[tuple[str, Told]]


class BroadcastView(StudioView):
    """The broadcast at a glance."""

    permission_required = "view"
    template_name = "outreach/broadcasts/broadcast.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show it."""
        return self.render_to_response(self.get_context_data())

    def get_header_more_buttons(self) -> list[Button]:
        """The history, and for a draft that was never submitted its end."""
        place = [self.broadcast.pk]
        buttons = [
            Button(_("History"), url=reverse("broadcasts:history", args=place), icon_name="history", priority=10)
        ]
        if self.may("delete") and can_be_deleted(self.broadcast):
            buttons.append(
                Button(_("Delete"), url=reverse("broadcasts:delete", args=place), icon_name="bin", priority=20)
            )
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything that the page tells."""
        broadcast = self.broadcast
        cells = matrix(broadcast, exactly=self.sees_people)
        is_open = broadcast.started_at is None and broadcast.state not in {State.CANCELLED, State.EXPIRED}
        segments = list(broadcast.segments.all())
        counting = is_open and bool(segments)
        may_edit = self.may("change") and broadcast.is_editable
        counted = shares(broadcast) if counting else []
        going = by_cell(counted)
        submission = open_submission(broadcast)
        return super().get_context_data(
            is_over=broadcast.state in ENDED,
            stories=carried_pages(broadcast),
            matrix=cells,
            counts=[(state, count) for state, count in cells.counts.items() if count],
            channels=[ChannelName(name).label for name in cells.channels],
            rows=[
                {"language": row[0].language_name, "cells": [self._shown(cell, going) for cell in row]}
                for row in cells.rows.values()
                if row
            ],
            lacking=not_ready(broadcast, cells) if broadcast.state == State.DRAFT else [],
            counting=counting,
            total=self._told(receivers(counted)),
            outgoing=self._told(outgoing(counted)) if broadcast.every_channel else None,
            is_rounded=not self.sees_people,
            people=self._people(counted) if counting else [],
            segments=segments,
            asks_who=may_edit and not segments and not broadcast.is_welcome,
            submission=submission,
            why_not=why_not_second_person(broadcast, submission, self.user) if submission else "",
            approval=given_approval(broadcast),
            last_void=broadcast.approvals.exclude(voided_at=None).first() if broadcast.state == State.DRAFT else None,
            decisions=[
                {"name": name, "decision": decision, "address": reverse(f"broadcasts:{name}", args=[broadcast.pk])}
                for name, decision in open_to(broadcast, self).items()
            ],
            may_edit=may_edit,
            progress=self._later("broadcast_progress") if broadcast.started_at else "",
            public=self._later("broadcast_public"),
            reach=self.reach_address,
            resting=resting(broadcast=broadcast, now=timezone.now()),
            log=registry.get_logs_for_instance(broadcast).select_related("user")[:LOG_LINES],
            **kwargs,
        )

    def _shown(self, cell: Cell, going: Mapping[tuple[str, int], int]) -> dict[str, Any]:
        arguments = [self.broadcast.pk, cell.channel, cell.language]
        return {
            "cell": cell,
            "going": self._told(going.get((cell.channel, cell.message.pk), 0) if cell.message else 0),
            "read": reverse("broadcasts:cell", args=arguments),
            "edit": reverse("broadcasts:edit_cell", args=arguments),
            "redraw": reverse("broadcasts:redraw", args=arguments),
            "keep": reverse("broadcasts:keep", args=arguments),
            "basis": services.basis(cell.message, cell.source)
            if cell.message and cell.state == CellState.STALE
            else "",
        }

    def _people(self, counted: list[Share]) -> list[People]:
        counts = by_reason(counted)
        return [
            People(
                channel=str(ChannelName(name).label),
                getting=self._told(counts.get((name, ""), 0)),
                left_out=[
                    (str(reason.label), self._told(counts[name, reason]))
                    for reason in Reason
                    if counts.get((name, reason.value))
                ],
            )
            for name in self.broadcast.channels
        ]

    def _told(self, number: int) -> Told:
        return Told(number, exactly=self.sees_people)

    def _later(self, name: str) -> str:
        """A page about the broadcast that a later stage registers."""
        try:
            return reverse(name, args=[self.broadcast.pk])
        except NoReverseMatch:
            return ""


class AudienceView(StudioView):
    """Title, segments, channels, and what happens where something is missing."""

    permission_required = "change"
    template_name = "outreach/broadcasts/audience.html"
    page_title = gettext_lazy("Title and audience")

    def get_page_title(self) -> str:
        """The page's name."""
        return str(self.page_title)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self.render_to_response(self.get_context_data(form=AudienceForm(instance=self._copy())))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = AudienceForm(request.POST, instance=self._copy())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        # A welcome message is asked less than set_audience wants to know.
        kept = {name: getattr(self.broadcast, name) for name in ("every_channel", "missed_rule", "deadline_hours")}
        given, now = {"segments": [], **kept, **form.cleaned_data}, timezone.now()
        archived, campaign, read = given.pop("archived"), given.pop("campaign", None), given.pop("read")
        try:
            with transaction.atomic():
                services.check_settings(broadcast=self.broadcast, read=read or None)
                services.set_campaign(broadcast=self.broadcast, campaign=campaign, user=self.user, now=now)
                services.rename(broadcast=self.broadcast, title=given.pop("title"), user=self.user, now=now)
                services.set_audience(broadcast=self.broadcast, user=self.user, now=now, **given)
                services.set_archived(broadcast=self.broadcast, archived=archived, user=self.user, now=now)
        except Overtaken as refusal:
            return self._overtaken(form, refusal)
        except Refused as refusal:
            return self.refused(refusal)
        return self.done(_("Saved."))

    def _overtaken(self, form: AudienceForm, refusal: Overtaken) -> HttpResponse:
        """The same form with what was chosen; saved again, it replaces what stands there now."""
        data = self.request.POST.copy()
        data["read"] = settings_version(self._copy())
        form.data = data
        form.add_error(None, str(refusal))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form and its button."""
        return super().get_context_data(
            media=kwargs["form"].media,
            action_url=self.request.path,
            submit_button_label=_("Save"),
            submit_button_active_label=_("Saving…"),
            has_unsaved_changes=kwargs["form"].is_bound,
            **kwargs,
        )

    def _copy(self) -> Broadcast:
        # The form writes what was typed on its instance; the service must see what was there before.
        return Broadcast.objects.get(pk=self.broadcast.pk)


class DrawView(StudioView):
    """Write the stories' texts into the empty cells."""

    permission_required = "change"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Draw them."""
        try:
            made = services.draw_missing(broadcast=self.broadcast, user=self.user, now=timezone.now())
        except Refused as refusal:
            return self.refused(refusal)
        names = ", ".join(str(message) for message in made)
        return self.done(
            _("Drawn from the stories: %(cells)s.") % {"cells": names} if made else _("Nothing was missing.")
        )
