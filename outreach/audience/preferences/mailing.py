"""Fresh links to the preference page: noted when somebody asks, mailed by a worker when the inbox may be mailed."""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import mrml
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.audience.addresses import address_hash
from outreach.audience.choices import ChannelName
from outreach.audience.confirmation import ABOUT_ONE_MAIL, FIRST_RETRY, LEASE, TRIES
from outreach.audience.dead_addresses import bury
from outreach.audience.inbox import APART, place, soonest
from outreach.audience.models import FreshLink, Subscription
from outreach.audience.refusals import nobody_is_there
from outreach.audience.suppressions import refuses_joining

from . import links

KEPT = timedelta(days=2)
"""How long it is known that a link was asked for."""

_RENDERING = mrml.RenderOptions(disable_comments=False, fonts={})
logger = logging.getLogger(__name__)


def ask_for_address(*, address: str, now: datetime) -> None:
    """Let a fresh link go to a normalised e-mail address, if it is one of ours that may be written to."""
    digest = address_hash(channel=ChannelName.EMAIL, address=address)
    known = Subscription.objects.filter(channel=ChannelName.EMAIL, address_hash=digest).first()
    if known:
        ask(subscription=known, now=now)


def inbox_of(subscription: Subscription) -> Subscription | None:
    """The subscription by e-mail that a fresh link for this one goes to: itself, or another of the same person."""
    if subscription.channel == ChannelName.EMAIL:
        return subscription
    active = Subscription.objects.filter(
        subscriber=subscription.subscriber_id, channel=ChannelName.EMAIL, state=Subscription.State.ACTIVE
    )
    return active.order_by("pk").first()


@transaction.atomic
def ask(*, subscription: Subscription, now: datetime) -> None:
    """Note that a fresh link is to be mailed as soon as the limits for one inbox allow.

    Does nothing while one is under way or went out within :data:`~outreach.audience.inbox.APART`, where the person has
    no inbox, or where nothing may go to it.
    """
    inbox = inbox_of(subscription)
    if inbox is None or refuses_joining(channel=inbox.channel, address_hash=inbox.address_hash):
        return
    inbox = Subscription.objects.select_for_update(of=("self",)).get(pk=inbox.pk)
    asked = inbox.fresh_links
    if asked.filter(due_at__isnull=False).exists() or asked.filter(sent_at__gt=now - APART).exists():
        return
    FreshLink.objects.create(subscription=inbox, asked_at=now, due_at=soonest(subscription=inbox, now=now))


def send_due_links(*, now: datetime, limit: int = 100) -> int:
    """Mail up to ``limit`` links that are due; returns how many the mail server took.

    Safe with any number of workers, as :func:`~outreach.audience.confirmation.send_due_confirmations` is.
    """
    due = FreshLink.objects.filter(due_at__lte=now).order_by("due_at", "id")
    # Asked every second, mostly in vain.
    if not due.exists():
        return 0
    sent = 0
    connection = get_connection()
    try:
        for asked in due.select_related("subscription__subscriber")[:limit]:
            if not _claimed(asked, now):
                continue
            try:
                sent += _mail(asked, connection, now)
            except Exception as error:
                connection.close()
                _not_taken(asked, now, error)
                if not isinstance(error, ABOUT_ONE_MAIL):
                    break
    finally:
        connection.close()
    return sent


def forget_old_requests(*, now: datetime) -> int:
    """Forget who asked for a link, once it counts for no limit any more; returns how many requests went."""
    return FreshLink.objects.filter(asked_at__lte=now - KEPT).delete()[0]


def _claimed(asked: FreshLink, now: datetime) -> bool:
    return bool(FreshLink.objects.filter(pk=asked.pk, due_at=asked.due_at).update(due_at=now + LEASE))


def _mail(asked: FreshLink, connection: BaseEmailBackend, now: datetime) -> int:
    subscription = asked.subscription
    if refuses_joining(channel=subscription.channel, address_hash=subscription.address_hash):
        FreshLink.objects.filter(pk=asked.pk).update(due_at=None)
        return 0
    with place(subscription=subscription, now=now) as free:
        if free > now:
            _put_off(asked, free)
            return 0
        fresh_link_mail(subscription=subscription, connection=connection, now=now).send()
    FreshLink.objects.filter(pk=asked.pk).update(due_at=None, sent_at=now)
    return 1


def _put_off(asked: FreshLink, until: datetime) -> None:
    """Wait until the inbox may be mailed; that counts as a try."""
    failures = asked.failures + 1
    again = until if failures < TRIES else None
    FreshLink.objects.filter(pk=asked.pk).update(due_at=again, failures=failures)


def _not_taken(asked: FreshLink, now: datetime, error: Exception) -> None:
    """Try again later, each time after twice as long, unless nobody is at the address.

    The error's text may hold the address, so it is not logged.
    """
    if nobody_is_there(error):
        bury(subscriptions=[asked.subscription_id], now=now)
        FreshLink.objects.filter(pk=asked.pk).update(due_at=None)
        logger.info("Fresh link %d: nobody is at its address", asked.pk)
        return
    failures = asked.failures + 1
    again = now + FIRST_RETRY * 2 ** (failures - 1) if failures < TRIES else None
    FreshLink.objects.filter(pk=asked.pk).update(due_at=again, failures=failures)
    logger.warning("Fresh link %d was not taken (%s), tried %d times", asked.pk, type(error).__name__, failures)


def fresh_link_mail(
    *, subscription: Subscription, connection: BaseEmailBackend, now: datetime
) -> EmailMultiAlternatives:
    """The mail with a link made at ``now``, in the person's language, ready to send over ``connection``."""
    language = subscription.subscriber.language
    with override(language):
        context = {
            "subject": _("Your link to change what you get"),
            "site": urlsplit(settings.SITE_URL).netloc,
            "link": links.address(subscription=subscription, proven=True, now=now),
        }
        mail = EmailMultiAlternatives(
            subject=str(context["subject"]),
            body=render_to_string("outreach/audience/preferences/fresh_link.txt", context),
            to=[subscription.address],
            headers={"Auto-Submitted": "auto-generated", "Content-Language": language},
            connection=connection,
        )
        markup = render_to_string("outreach/audience/preferences/fresh_link.mjml", context)
    mail.attach_alternative(str(mrml.to_html(markup, render_options=_RENDERING).content), "text/html")
    return mail
