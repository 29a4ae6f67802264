"""The signed link to the preference page of one address: there is no password, so the link is the permission.

A link comes from a mail that was asked for just now, which proves that somebody reads the inbox, or from a message
that may have been passed on, which proves nothing. Either opens the page for a day. Only a fresh one, for an hour,
shows and changes what could hurt: what a person said about themselves, all that is kept of them, their erasure.

A link names the subscription and when it was confirmed, so erasing the person, or joining anew, makes every older one
void. Times are UTC.

    LinkRefused
    ├── LinkBroken     cut, changed, or not made by this site
    ├── LinkVoid       genuine, but the address has been confirmed anew since
    ├── LinkExpired    genuine, but too old: a new one can be mailed
    └── NothingKept    genuine, and nothing is kept of the person any more
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import override

from outreach.audience.models import Subscriber, Subscription

LASTS = timedelta(days=1)
FRESH = timedelta(hours=1)

_signer = Signer(salt="outreach.preferences")


class LinkRefused(Exception):
    """A link that opens nothing."""


class LinkBroken(LinkRefused):
    """The link was cut or changed on its way, or never was one."""


class LinkVoid(LinkRefused):
    """The link is genuine, and the address was confirmed anew after it was made."""


class NothingKept(LinkRefused):
    """The link is genuine, and the person was erased."""


class LinkExpired(LinkRefused):
    """The link is genuine and too old; ``subscription`` is whose it was."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__()
        self.subscription = subscription


@dataclass(frozen=True)
class Key:
    """What a good link opens: the page of one person, by one of their addresses.

    ``fresh_until`` is until when it proves that the inbox is read, ``None`` where it never did.
    """

    subscription: Subscription
    fresh_until: datetime | None

    @property
    def subscriber(self) -> Subscriber:
        """The person."""
        return self.subscription.subscriber

    def is_fresh(self, now: datetime) -> bool:
        """Whether it shows and changes everything."""
        return self.fresh_until is not None and now <= self.fresh_until


def token(*, subscription: Subscription, proven: bool, now: datetime) -> str:
    """The token of a link made at ``now``; ``proven`` says that it goes to the inbox or the chat itself."""
    content = [subscription.pk, _epoch(subscription), int(now.timestamp()), int(proven)]
    return _signer.sign_object(content)


def address(*, subscription: Subscription, proven: bool, now: datetime) -> str:
    """The whole address of the page, in the person's language if the site has pages in it."""
    language = subscription.subscriber.language
    with override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        made = token(subscription=subscription, proven=proven, now=now)
        return settings.SITE_URL + reverse("preferences", args=[made])


def read(*, token: str, now: datetime) -> Key:
    """What the link opens; raises a :class:`LinkRefused`."""
    try:
        number, epoch, made, proven = _signer.unsign_object(token)
        made_at = datetime.fromtimestamp(made, tz=UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        raise LinkBroken from None
    subscription = Subscription.objects.select_related("subscriber").filter(pk=number).first()
    if subscription is None:
        raise NothingKept
    if _epoch(subscription) != epoch:
        raise LinkVoid
    if now > made_at + LASTS:
        raise LinkExpired(subscription)
    return Key(subscription, made_at + FRESH if proven else None)


def _epoch(subscription: Subscription) -> int:
    """When the address was last proven, in seconds; 0 where it never was."""
    return int(subscription.confirmed_at.timestamp()) if subscription.confirmed_at else 0
