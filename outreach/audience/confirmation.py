"""Proof that an address belongs to the person who typed it: a mailed link, signed, good for three days.

By such a link people also say that they want to stay, of whom nothing was heard for long (:mod:`.inactivity`); that one
is good for 30 days.

What was typed waits in a :class:`~outreach.audience.models.JoinRequest`; a worker mails its link when it is due and,
once, a reminder. Every time below is UTC.

    LinkError
    ├── LinkBroken    the address was cut or changed on its way
    ├── LinkExpired   genuine, but too old: a new one can be mailed
    └── LinkUsed      genuine, and no longer of use: confirmed, left or asked again since
"""

import logging
import smtplib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from anymail.exceptions import AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import check_for_language, override

from .choices import ChannelName
from .confirmation_mail import confirmation_mail
from .dead_addresses import bury
from .inactivity import ANSWER_WITHIN, STAY
from .inbox import APART, place, soonest
from .models import JoinRequest, Subscription
from .refusals import nobody_is_there
from .suppressions import refuses_joining

LINK_LASTS = timedelta(days=3)
REMINDER_AFTER = timedelta(days=2)
LEASE = timedelta(minutes=5)
"""How long a worker may take to mail one request, before another takes it for lost and mails it again."""
FIRST_RETRY = timedelta(minutes=1)
TRIES = 10

ABOUT_ONE_MAIL = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    AnymailRecipientsRefused,
    ValueError,
)
"""Failures after which the next mail may well be taken; any other means that the mail server can't be used now."""

_signer = Signer(salt="outreach.confirmation")
logger = logging.getLogger(__name__)


class LinkError(Exception):
    """A confirmation link that confirms nothing."""


class LinkBroken(LinkError):
    """The link was cut or changed on its way."""


class LinkExpired(LinkError):
    """The link is genuine and too old; ``request`` is what the person had asked for."""

    def __init__(self, request: JoinRequest) -> None:
        super().__init__()
        self.request = request


class LinkUsed(LinkError):
    """The link is genuine and no longer of use."""


@dataclass(frozen=True)
class Wishes:
    """What somebody asked for: nothing of it counts until it is confirmed. Consents are versions by purpose.

    ``wording_language`` is that of the page or sheet on which they stood, ``language`` if empty.
    ``is_short`` says that only the address, the language and the consent to messages were asked for.
    """

    language: str
    group: str = ""
    gender: str = ""
    parish: str = ""
    topics: tuple[str, ...] = ()
    wording_versions: dict[str, str] = field(default_factory=dict)
    wording_language: str = ""
    is_short: bool = False
    source: str = ""


def ask(*, subscription: Subscription, wishes: Wishes, method: str, now: datetime) -> JoinRequest:
    """Note the wishes and let a confirmation be mailed as soon as the limits for one inbox allow.

    Wishes whose mail has not gone out yet are dropped; the same wishes, mailed within :data:`APART`, are not mailed
    again. Call with the subscription's row locked.
    """
    waiting = subscription.join_requests.filter(confirmed_at=None)
    latest = waiting.order_by("-id").first()
    asked = {**vars(wishes), "topics": list(wishes.topics), "method": method}
    if latest and latest.sent_at and latest.sent_at > now - APART and _same(latest, asked):
        return latest
    waiting.filter(sent_at=None).delete()
    waiting.update(due_at=None)
    return JoinRequest.objects.create(
        subscription=subscription, asked_at=now, due_at=soonest(subscription=subscription, now=now), **asked
    )


def ask_again(*, request: JoinRequest, now: datetime) -> None:
    """Let a fresh link for an expired request be mailed as soon as the limits for one inbox allow."""
    JoinRequest.objects.filter(pk=request.pk, due_at=None, confirmed_at=None).update(
        due_at=soonest(subscription=request.subscription, now=now), mails=0, failures=0
    )


def _same(request: JoinRequest, asked: dict[str, object]) -> bool:
    return all(getattr(request, name) == value for name, value in asked.items())


def link(*, request: JoinRequest, now: datetime) -> str:
    """The address at which the person confirms, in the language that they asked for if the site has pages in it."""
    language = request.language if check_for_language(request.language) else settings.LANGUAGE_CODE
    token = _signer.sign_object({"request": request.pk, "at": int(now.timestamp())})
    with override(language):
        return settings.SITE_URL + reverse("confirm", args=[token])


def read_link(*, token: str, now: datetime) -> JoinRequest:
    """What the link asks to confirm; raises a :class:`LinkError` where it can't be."""
    try:
        content = _signer.unsign_object(token)
        signed_at = datetime.fromtimestamp(content["at"], tz=UTC)
    except (BadSignature, ValueError, KeyError, TypeError):
        raise LinkBroken from None
    request = JoinRequest.objects.select_related("subscription__subscriber").filter(pk=content["request"]).first()
    if request is None:
        raise LinkUsed
    if request.confirmed_at is None and now > signed_at + _lasts(request):
        raise LinkExpired(request)
    if request.confirmed_at and request.subscription.state != Subscription.State.ACTIVE:
        raise LinkUsed
    return request


def _lasts(request: JoinRequest) -> timedelta:
    return ANSWER_WITHIN if request.method == STAY else LINK_LASTS


def due(*, now: datetime) -> QuerySet[JoinRequest]:
    """The requests to be mailed now, the oldest first."""
    by_mail = JoinRequest.objects.filter(subscription__channel=ChannelName.EMAIL)
    return by_mail.filter(due_at__lte=now).order_by("due_at", "id")


def send_due_confirmations(*, now: datetime, limit: int = 100) -> int:
    """Mail up to ``limit`` requests that are due; returns how many the mail server took.

    Safe with any number of workers: each claims a row by moving its due time. A worker that dies loses nothing; its row
    falls due again after :data:`LEASE`. When the mail server does not answer, the rest stays due.
    """
    # Asked every second, mostly in vain.
    if not due(now=now).exists():
        return 0
    sent = 0
    connection = get_connection()
    try:
        for request in due(now=now).select_related("subscription")[:limit]:
            if not _claimed(request, now):
                continue
            try:
                sent += _mail(request, connection, now)
            except Exception as error:
                connection.close()
                _not_taken(request, now, error)
                if not isinstance(error, ABOUT_ONE_MAIL):
                    break
    finally:
        connection.close()
    return sent


def _claimed(request: JoinRequest, now: datetime) -> bool:
    seen, leased = request.due_at, now + LEASE
    request.due_at = leased
    return bool(JoinRequest.objects.filter(pk=request.pk, due_at=seen).update(due_at=leased))


def _mail(request: JoinRequest, connection: BaseEmailBackend, now: datetime) -> int:
    """Mail one claimed request, unless nothing may go to its address; then plan its one reminder."""
    subscription = request.subscription
    if refuses_joining(channel=subscription.channel, address_hash=subscription.address_hash):
        JoinRequest.objects.filter(pk=request.pk).update(due_at=None)
        return 0
    with place(subscription=subscription, now=now) as free:
        if free > now:
            _put_off(request, free)
            return 0
        mail = confirmation_mail(
            request=request, link=link(request=request, now=now), lasts=_lasts(request), connection=connection
        )
        mail.send()
    reminder = now + REMINDER_AFTER if request.mails == 0 and request.method != STAY else None
    # Only while it is still ours: the person may have confirmed or asked for something else in the meantime.
    JoinRequest.objects.filter(pk=request.pk, due_at=request.due_at).update(due_at=reminder)
    JoinRequest.objects.filter(pk=request.pk).update(sent_at=now, mails=request.mails + 1, failures=0)
    return 1


def _put_off(request: JoinRequest, until: datetime) -> None:
    """Wait until the inbox may be mailed. That counts as a try, so that a flood for one inbox dries up by itself."""
    failures = request.failures + 1
    again = until if failures < TRIES else None
    JoinRequest.objects.filter(pk=request.pk, due_at=request.due_at).update(due_at=again, failures=failures)


def _not_taken(request: JoinRequest, now: datetime, error: Exception) -> None:
    """Try again later, each time after twice as long, unless the receiver's server refuses the address for good.

    Where it says that nobody is there, the address is never tried again for anything.
    """
    if nobody_is_there(error):
        bury(subscriptions=[request.subscription_id], now=now)
        logger.info("Confirmation %d: nobody is at its address", request.pk)
        return
    failures = request.failures + 1
    again = None
    if failures < TRIES and not _refuses_for_good(error):
        again = now + FIRST_RETRY * 2 ** (failures - 1)
    JoinRequest.objects.filter(pk=request.pk).update(due_at=again, failures=failures)
    # The error's text may hold the address.
    logger.warning("Confirmation %d was not taken (%s), tried %d times", request.pk, type(error).__name__, failures)


def _refuses_for_good(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in error.recipients.values())
    return isinstance(error, AnymailRecipientsRefused)
