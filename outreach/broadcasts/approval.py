"""Submitting, approving and verifying: a second person's word, bound to this text for these people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .history import record
from .lifecycle import elsewhere, move, void_approval
from .models import Approval, Broadcast
from .readiness import not_ready, unfit
from .reasons import CANT_BE_SENT
from .refusals import ApprovalVoid, NotReady, OwnSubmission, Refused, TimePassed
from .standing import (
    audience_hash,
    changed_since,
    content_hash,
    given_approval,
    open_submission,
    why_not_second_person,
)

State = Broadcast.State


def submit(*, broadcast: Broadcast, user: User, now: datetime) -> Approval:
    """Ask for approval of the broadcast as it stands; raises ``NotReady`` or ``WrongState``."""
    with _unchanged_if_refused(broadcast), transaction.atomic():
        move(broadcast=broadcast, start={State.DRAFT}, to=State.SUBMITTED)
        if reasons := not_ready(broadcast):
            raise NotReady(*reasons)
        submission = Approval.objects.create(
            broadcast=broadcast,
            content_hash=content_hash(broadcast),
            audience_hash=audience_hash(broadcast),
            submitted_by=user,
            submitted_at=now,
        )
        record(broadcast=broadcast, action="submit", user=user, now=now)
    return submission


def approve(*, broadcast: Broadcast, submission_id: int, user: User, send_at: datetime | None, now: datetime) -> None:
    """Approve one submission and schedule it for ``send_at`` (UTC), or for now.

    ``submission_id`` is the one that ``user`` read, so that nobody approves a text that came after it. Raises
    ``TimePassed``, ``OwnSubmission``, ``NotReady``, ``WrongState`` or ``ApprovalVoid``; by then the last one has
    put the broadcast back to draft.
    """
    try:
        with _unchanged_if_refused(broadcast), transaction.atomic():
            move(broadcast=broadcast, start={State.SUBMITTED}, to=State.SCHEDULED, send_at=_time(send_at, now))
            submission = _submission(broadcast, submission_id)
            if reason := why_not_second_person(broadcast, submission, user):
                raise OwnSubmission(reason)
            if change := changed_since(submission):
                raise ApprovalVoid(change)
            if reasons := not_ready(broadcast):
                raise NotReady(*reasons)
            Approval.objects.filter(pk=submission.pk).update(approved_by=user, approved_at=now)
            record(
                broadcast=broadcast,
                action="approve",
                user=user,
                now=now,
                send_at=broadcast.send_at,
                content_hash=submission.content_hash,
                audience_hash=submission.audience_hash,
            )
    except ApprovalVoid as change:
        void_approval(broadcast=broadcast, reason=change.kept, now=now)
        raise


def schedule(*, broadcast: Broadcast, send_at: datetime | None, user: User, now: datetime) -> None:
    """Give a scheduled broadcast another time (UTC), or now; raises ``TimePassed`` or ``WrongState``."""
    with transaction.atomic():
        move(broadcast=broadcast, start={State.SCHEDULED}, to=State.SCHEDULED, send_at=_time(send_at, now))
        record(broadcast=broadcast, action="schedule", user=user, now=now, send_at=broadcast.send_at)


def verify_approval(broadcast: Broadcast) -> None:
    """Raise ``ApprovalVoid`` unless a second person approved this content for this audience, and it can still be built.

    That the story was edited since does not void what was approved; the matrix shows it, and whoever sees it decides.
    """
    approval = given_approval(broadcast)
    if approval is None:
        raise ApprovalVoid(gettext_noop("Nobody has approved this broadcast."))
    if change := changed_since(approval):
        raise ApprovalVoid(change)
    if reasons := unfit(broadcast):
        raise ApprovalVoid(f"{CANT_BE_SENT} {' '.join(reasons)}")


@contextmanager
def _unchanged_if_refused(broadcast: Broadcast) -> Iterator[None]:
    """Read the broadcast again where a refusal undid what the transaction had written."""
    try:
        yield
    except Refused:
        broadcast.refresh_from_db()
        raise


def _submission(broadcast: Broadcast, number: int) -> Approval:
    submission = open_submission(broadcast)
    if submission is None:
        raise elsewhere(broadcast)
    if submission.pk != number:
        raise NotReady(_("The broadcast was edited and submitted again since you opened the page: read it once more."))
    return submission


def _time(send_at: datetime | None, now: datetime) -> datetime:
    if send_at is not None and send_at < now:
        raise TimePassed(_("This time has passed: choose one that lies ahead, or send now."))
    return send_at or now
