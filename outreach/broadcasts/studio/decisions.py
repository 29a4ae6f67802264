"""What people decide about a whole broadcast: each decision asks once, then calls one service.

The page of a decision is its question; only a POST from there does anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_valid_next_url_from_request

from outreach.audience.segments import Told
from outreach.broadcasts import services
from outreach.broadcasts.audience import outgoing, receivers, shares
from outreach.broadcasts.lifecycle import elsewhere
from outreach.broadcasts.models import Broadcast
from outreach.broadcasts.office_time import office_text
from outreach.broadcasts.quiet import resting_at
from outreach.broadcasts.refusals import Refused, TimePassed
from outreach.broadcasts.standing import open_submission, why_not_second_person

from .base import StudioView
from .forms import ApproveForm, ReasonForm, TimeForm

Text = str | Promise
State = Broadcast.State
Act = Callable[[Broadcast, Mapping[str, Any], User, datetime], None]


@dataclass(frozen=True)
class Decision:
    """One thing that can be decided: from which states, by whom (any of ``actions``), asked how, and what it does.

    ``leads`` marks the way on, ``serious`` what can't be taken back, ``only_open`` what there is only for a welcome
    message that was switched on and not off again.
    """

    states: frozenset[str]
    actions: tuple[str, ...]
    label: Text
    question: Text
    done: Text
    act: Act
    form: type[forms.Form] = forms.Form
    leads: bool = False
    serious: bool = False
    only_open: bool = False

    def begins_at(self, broadcast: Broadcast) -> bool:
        """Whether the broadcast stands where this begins."""
        is_open = broadcast.is_welcome and broadcast.started_at is not None and broadcast.closed_at is None
        return broadcast.state in self.states and (is_open or not self.only_open)


def _submit(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.submit(broadcast=broadcast, user=user, now=now)


def _approve(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.approve(
        broadcast=broadcast, submission_id=given["submission"], user=user, send_at=given["send_at"], now=now
    )


def _schedule(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.schedule(broadcast=broadcast, send_at=given["send_at"], user=user, now=now)


def _void(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.void_approval(broadcast=broadcast, reason=given["reason"], user=user, now=now)


def _pause(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.pause(broadcast=broadcast, reason=given["reason"], user=user, now=now)


def _resume(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.resume(broadcast=broadcast, user=user, now=now)


def _cancel(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.cancel(broadcast=broadcast, reason=given["reason"], user=user, now=now)


def _close(broadcast: Broadcast, given: Mapping[str, Any], user: User, now: datetime) -> None:
    services.close(broadcast=broadcast, user=user, now=now)


DECISIONS = {
    "submit": Decision(
        frozenset({State.DRAFT}),
        ("submit",),
        _("Submit for approval"),
        _("Submit the texts and the audience as they stand? Somebody else will read and approve them."),
        _("Submitted. Somebody else has to approve it now."),
        _submit,
        leads=True,
    ),
    "approve": Decision(
        frozenset({State.SUBMITTED}),
        ("approve",),
        _("Approve and schedule"),
        _("You approve every text as it stands, for this audience. Any later edit takes the approval back."),
        _("Approved."),
        _approve,
        ApproveForm,
        leads=True,
    ),
    "schedule": Decision(
        frozenset({State.SCHEDULED}),
        ("approve",),
        _("Change the time"),
        _("When should it go out? The approval stays."),
        _("The time was changed."),
        _schedule,
        TimeForm,
    ),
    "void": Decision(
        frozenset({State.SUBMITTED, State.SCHEDULED, State.PAUSED}),
        ("submit", "approve"),
        _("Back to draft"),
        _("Take it back to draft? It then has to be submitted and approved again."),
        _("It is a draft again."),
        _void,
        ReasonForm,
    ),
    "pause": Decision(
        frozenset({State.SCHEDULED, State.SENDING}),
        ("approve",),
        _("Pause"),
        _("Stop sending? Each worker stops after the message in its hands; nothing is lost, and you can resume."),
        _("Paused."),
        _pause,
        ReasonForm,
    ),
    "resume": Decision(
        frozenset({State.PAUSED}),
        ("approve",),
        _("Resume"),
        _("Go on sending? If its time has passed before it began, it goes out at once."),
        _("It goes on."),
        _resume,
        leads=True,
    ),
    "close": Decision(
        frozenset({State.SENDING, State.PAUSED}),
        ("approve",),
        _("Switch off"),
        _("Stop welcoming people? Who joined before now still gets the message; who joins later gets none."),
        _("Switched off."),
        _close,
        only_open=True,
    ),
    "cancel": Decision(
        frozenset({State.SUBMITTED, State.SCHEDULED, State.SENDING, State.PAUSED}),
        ("approve",),
        _("Cancel for good"),
        _("Cancel this broadcast? Who has not got it will not get it, and it can't be taken up again."),
        _("Cancelled."),
        _cancel,
        ReasonForm,
        serious=True,
    ),
}
"""By the last part of their addresses, in the order in which a broadcast's page offers them."""


def open_to(broadcast: Broadcast, view: StudioView) -> dict[str, Decision]:
    """The decisions that the view's user can take on the broadcast as it stands, by name."""
    found = {
        name: decision
        for name, decision in DECISIONS.items()
        if decision.begins_at(broadcast) and any(view.may(action) for action in decision.actions)
    }
    if broadcast.started_at:
        found.pop("void", None)
    submission = open_submission(broadcast)
    if "approve" in found and (submission is None or why_not_second_person(broadcast, submission, view.user)):
        del found["approve"]
    return found


def _when(broadcast: Broadcast, send_at: datetime | None, *, now: datetime) -> str:
    """What comes of the time that was chosen, ``None`` being ``now`` (UTC)."""
    zone = settings.OFFICE_TIME_ZONE
    given = {"moment": office_text(send_at), "zone": zone} if send_at else {}
    if broadcast.is_welcome:
        later = gettext("Who joins from %(moment)s (%(zone)s) on gets it.")
        return later % given if given else gettext("Who joins from now on gets it.")
    held = gettext("%(channel)s rests in quiet hours until %(moment)s (%(zone)s).")
    rests = [
        held % {"channel": name, "moment": office_text(until), "zone": zone}
        for name, until in resting_at(broadcast=broadcast, moment=send_at or now)
    ]
    if given:
        begins = gettext("It goes out on %(moment)s (%(zone)s).") % given
    elif len(rests) < len(broadcast.channels):
        begins = gettext("Sending begins at once.")
    else:
        begins = ""
    return " ".join(filter(None, [begins, *rests]))


class DecisionView(StudioView):
    """Asks about one decision, and carries it out."""

    template_name = "outreach/broadcasts/decision.html"
    name = ""

    @property
    def decision(self) -> Decision:
        """What is decided here."""
        return DECISIONS[self.name]

    @property
    def any_permission_required(self) -> tuple[str, ...]:  # type: ignore[override]
        """Any of the decision's permissions."""
        return self.decision.actions

    def get_page_title(self) -> str:
        """The decision."""
        return str(self.decision.label)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask; or say why there is nothing to ask."""
        if not self.decision.begins_at(self.broadcast):
            return self.refused(elsewhere(self.broadcast), self._next())
        return self.render_to_response(self.get_context_data(form=self.decision.form(initial=self._initial())))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it; or ask again where an answer is missing."""
        form = self.decision.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        now = timezone.now()
        try:
            self.decision.act(self.broadcast, form.cleaned_data, self.user, now)
        except TimePassed as refusal:
            form.add_error("send_at" if "send_at" in form.fields else None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        except Refused as refusal:
            return self.refused(refusal, self._next())
        when = _when(self.broadcast, form.cleaned_data["send_at"], now=now) if "send_at" in form.cleaned_data else ""
        return self.done(f"{self.decision.done} {when}".strip(), self._next())

    def _next(self) -> str:
        """The page of this site that asked for the decision, if it said so; else nothing."""
        return str(get_valid_next_url_from_request(self.request))

    def _initial(self) -> dict[str, Any]:
        submission = open_submission(self.broadcast)
        send_at = self.broadcast.send_at
        return {
            "submission": submission.pk if submission else None,
            "when": "later" if send_at and send_at > timezone.now() else None,
            "send_at": send_at,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The question, its form, and for an approval what is approved."""
        approving = self.name == "approve"
        counted = shares(self.broadcast) if approving else []
        return super().get_context_data(
            decision=self.decision,
            back=self._next() or self.address,
            is_timed=self.broadcast.state in {State.SCHEDULED, State.PAUSED} and not self.broadcast.started_at,
            media=kwargs["form"].media,
            messages_approved=self.broadcast.messages.filter(channel__in=self.broadcast.channels) if approving else [],
            people=str(Told(receivers(counted), exactly=self.sees_people)) if approving else None,
            outgoing=Told(outgoing(counted), exactly=self.sees_people) if self.broadcast.every_channel else None,
            segments=self.broadcast.segments.all() if approving else [],
            **kwargs,
        )
