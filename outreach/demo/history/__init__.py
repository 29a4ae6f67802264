"""The demo's past: fictional subscribers, links they came by, a campaign with three broadcasts, visits.

The figures are the same on every machine. People are numbers at example.org; every row that can be is marked as demo.
Only the dates move: they lie before the day of loading.
"""

from datetime import datetime

from django.db import transaction

from .broadcasts import PAST, send
from .campaign import ensure_campaign, plan
from .chance import chance
from .figures import freeze
from .population import populate
from .segments import ensure_segments
from .sign_ups import sign_up
from .visits import visit


@transaction.atomic
def load(*, now: datetime, people: int = 2000) -> None:
    """Generate the history before ``now`` (UTC), once; it needs the demo's users and stories."""
    ensure_segments()
    populate(chance=chance("population"), later_chance=chance("places"), people=people, now=now)
    campaign = ensure_campaign(now=now)
    sign_up(chance=chance("sign-ups"), campaign=campaign, now=now)
    for past in PAST:
        send(past, campaign=campaign, now=now)
    visit(chance=chance("visits"), now=now)
    plan(campaign, now=now)
    freeze(campaign, now=now)
