"""Takes links out of use and back, and says whether one was ever used. A code in print stays a code."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.log_actions import log

from outreach.audience.models import JoinLink, JoinRequest, SignUpCount, Subscriber

if TYPE_CHECKING:
    from django.contrib.auth.models import User

RETIRED, RESTORED = "outreach.joinlink.retire", "outreach.joinlink.restore"


def is_used(link: JoinLink) -> bool:
    """Whether anybody came by the link or a sheet was entered for it: then its code must never mean another place."""
    by_source = [model.objects.filter(source=link.code) for model in (SignUpCount, Subscriber, JoinRequest)]
    return any(found.exists() for found in [*by_source, link.sheets.all()])


@transaction.atomic
def retire(*, link: JoinLink, user: "User", now: datetime) -> None:
    """Take the link off the list of those in use; whoever still follows it can join all the same."""
    if JoinLink.objects.filter(pk=link.pk, retired_at=None).update(retired_at=now):
        log(instance=link, action=RETIRED, user=user)


@transaction.atomic
def restore(*, link: JoinLink, user: "User") -> None:
    """Put the link back into use."""
    if JoinLink.objects.filter(pk=link.pk, retired_at__isnull=False).update(retired_at=None):
        log(instance=link, action=RESTORED, user=user)
