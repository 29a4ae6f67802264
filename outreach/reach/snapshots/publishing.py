"""Showing a period's figures to the public, and taking them away again; who did it and when is kept."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from .models import Publication, Snapshot


class NotPublishable(RuntimeError):
    """Only a campaign's periods can be published: a broadcast says too much of too few, and a page has one campaign."""


def publish(*, snapshot: Snapshot, user: User | None, now: datetime) -> Publication:
    """Show a period on the public page, from ``now`` (UTC); raises :class:`NotPublishable`.

    Another version of the same period is withdrawn: the public reads one at a time. So is the whole campaign as it was
    when it had other days. To publish twice is to publish.
    """
    if not snapshot.may_be_published:
        raise NotPublishable(snapshot.place)
    try:
        with transaction.atomic():
            same = Q(snapshot__place=snapshot.place)
            if snapshot.kind == Snapshot.Kind.CAMPAIGN:
                same |= Q(snapshot__campaign=snapshot.campaign_id, snapshot__kind=snapshot.kind)
            others = Publication.objects.filter(same, withdrawn_at__isnull=True)
            others.exclude(snapshot=snapshot).update(withdrawn_at=now, withdrawn_by=user)
            found = others.filter(snapshot=snapshot).first()
            return found or Publication.objects.create(snapshot=snapshot, published_at=now, published_by=user)
    except IntegrityError:
        return Publication.objects.get(snapshot=snapshot, withdrawn_at__isnull=True)


def withdraw(*, snapshot: Snapshot, user: User | None, now: datetime) -> bool:
    """Take a period from the public page at ``now`` (UTC); whether it stood there."""
    open_ones = Publication.objects.filter(snapshot=snapshot, withdrawn_at__isnull=True)
    return bool(open_ones.update(withdrawn_at=now, withdrawn_by=user))


def published() -> QuerySet[Snapshot]:
    """What the public may read, the latest period first."""
    return Snapshot.objects.filter(
        pk__in=Publication.objects.filter(withdrawn_at__isnull=True).values("snapshot")
    ).order_by("-last_day", "-number")
