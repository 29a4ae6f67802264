"""How often a form may come, from one network and from all together, without keeping who sent it.

Each form that could send a mail is counted twice within the hour: for its network and for the form as a whole. A row of
:class:`~outreach.audience.models.JoinAttempts` has a number and no more: its bucket is HMAC-SHA-256 over the network
under a random key that lives for one day (UTC), so the same network has another bucket tomorrow, and once the key is
removed nobody can try out which networks were here. The key itself is encrypted under ``FIELD_ENCRYPTION_KEY``, which
is in no backup of the database.

All of Dominica sits behind the few addresses of its telephone companies, and a radio spot brings hundreds at once. So
the limits are wide, and above the first one comes a question (:mod:`outreach.audience.challenge`) and not a refusal.
What one inbox may get is counted in the same table and limited apart from this, in :mod:`outreach.audience.inbox`.
"""

import base64
import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db.models import F, QuerySet

from .addresses import decrypt, encrypt
from .inbox import MARK
from .models import JoinAttempts, KeyedSecret
from .network import network_of

logger = logging.getLogger(__name__)

WINDOW = timedelta(hours=1)
KEPT = 2 * WINDOW
"""How long a count is kept: its own hour, and as long as a question from it can be answered."""
KEY_NAME = "attempts-"
TOLD_EVERY = 100


class Verdict(StrEnum):
    """What is to be done with one more form."""

    OPEN = "open"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Limit:
    """Above ``ask`` forms in an hour each has to answer a question, above ``refuse`` none is taken."""

    ask: int
    refuse: int

    def verdict(self, count: int) -> Verdict:
        """What is to be done with the form that made it ``count``."""
        if count > self.refuse:
            return Verdict.REFUSE
        return Verdict.ASK if count > self.ask else Verdict.OPEN


PER_NETWORK = Limit(ask=60, refuse=1_000)
PER_FORM = Limit(ask=600, refuse=10_000)


def attempt(*, form: str, address: str, now: datetime) -> Verdict:
    """Count one more sending of ``form`` from the network address ``address``, and say what is to be done with it.

    Any number of processes may count at once. An address that is none is counted for the form alone.
    """
    key, network = _key_of_day(now), network_of(address)
    verdicts = [PER_FORM.verdict(_counted(_bucket(key, form), PER_FORM, f"form “{form}”", now))]
    if network:
        bucket = _bucket(key, f"{form}\n{network}")
        verdicts.append(PER_NETWORK.verdict(_counted(bucket, PER_NETWORK, f"form “{form}” from one network", now)))
    return max(verdicts, key=list(Verdict).index)


def seconds_left(now: datetime) -> int:
    """How long it takes until counting begins anew."""
    return int((hour_of(now) + WINDOW - now).total_seconds()) or 1


def forget(*, now: datetime) -> int:
    """Remove counts that are over and the keys of other days; returns how many counts."""
    _other_keys(now).delete()
    over = JoinAttempts.objects.filter(window__lte=now - KEPT).exclude(bucket__startswith=MARK)
    return over.delete()[0]


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour in which ``moment`` lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _bucket(key: bytes, counted: str) -> str:
    return hmac.new(key, counted.encode(), hashlib.sha256).hexdigest()


def _counted(bucket: str, limit: Limit, name: str, now: datetime) -> int:
    """The count with this one; a line in the log says when it passes a limit, and how far it goes on from there."""
    # Each statement commits by itself, so that two that count the same two buckets never wait for each other.
    rows = JoinAttempts.objects.filter(bucket=bucket, window=hour_of(now))
    if not rows.update(count=F("count") + 1):
        JoinAttempts.objects.bulk_create([JoinAttempts(bucket=bucket, window=hour_of(now))], ignore_conflicts=True)
        rows.update(count=F("count") + 1)
    count = rows.values_list("count", flat=True).get()
    if (over := count - limit.ask) > 0 and over % TOLD_EVERY == 1:
        logger.warning("%s: sent %d times within the hour (%s)", name, count, limit.verdict(count))
    return count


def _key_of_day(now: datetime) -> bytes:
    """The 32 bytes of the day, made by whoever counts first; they are kept in no memory beyond this call."""
    fresh = encrypt(base64.b64encode(secrets.token_bytes(32)).decode())
    secret, made = KeyedSecret.objects.get_or_create(name=_key_name(now), defaults={"encrypted": fresh})
    if made:
        _other_keys(now).delete()
    return base64.b64decode(decrypt(secret.encrypted))


def _other_keys(now: datetime) -> QuerySet[KeyedSecret]:
    return KeyedSecret.objects.filter(name__startswith=KEY_NAME).exclude(name=_key_name(now))


def _key_name(now: datetime) -> str:
    return f"{KEY_NAME}{now.astimezone(UTC).date()}"
