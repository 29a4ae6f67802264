"""What each button of the bot does. A button sets a value and never turns one over, so pressing twice is pressing once.

Data that we never made, or that can't be acted on any more, raises :class:`Unpressable` and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import override

from outreach.audience import subscriptions
from outreach.audience.choices import ChannelName, Frequency, Gender, Group, Purpose
from outreach.audience.erasure import erase
from outreach.audience.models import Consent, Subscription
from outreach.audience.source import as_source

from . import conversation, privacy
from .conversation import ALONE, SKIP, Said
from .events import leave_by_bot

BOT = Consent.Method.BOT


class Unpressable(Exception):
    """A button whose data we never made, or that can't be acted on any more."""


@dataclass(frozen=True)
class Press:
    """A pressed button: the parts of its data after the name; ``alone`` if its question was asked by itself."""

    chat: int
    values: tuple[str, ...]
    subscription: Subscription | None
    now: datetime
    alone: bool = False

    def joined(self) -> Subscription:
        """The subscription of somebody who has joined; only they have answers to change."""
        if self.subscription is None or self.subscription.state != Subscription.State.ACTIVE:
            raise Unpressable
        return self.subscription

    @property
    def value(self) -> str:
        """The one value of the button."""
        if len(self.values) != 1:
            raise Unpressable
        return self.values[0]

    def one_of(self, allowed: "Mapping[str, object] | list[str]") -> str:
        """The one value, if it is allowed."""
        if self.value not in allowed:
            raise Unpressable
        return self.value

    def agreed(self, purpose: Purpose) -> "Press | None":
        """The press without its last value, the mark of the words above the button; ``None`` where others hold now."""
        if len(self.values) < 2 or self.values[-1] != conversation.mark(purpose):
            return None
        return replace(self, values=self.values[:-1])

    @property
    def language_and_source(self) -> tuple[str, str]:
        """The two values of the buttons that come before joining."""
        if len(self.values) < 2:
            raise Unpressable
        language, source = self.values[:2]
        if language not in conversation.interface_languages() or source != as_source(source):
            raise Unpressable
        return language, source


def _press_language(press: Press) -> Said:
    language, source = press.language_and_source
    if len(press.values) != 2:
        raise Unpressable
    with override(language):
        if press.subscription is None or press.subscription.state != Subscription.State.ACTIVE:
            return conversation.consent(language, source)
        subscriptions.change(subscription=press.subscription, method=BOT, now=press.now, language=language)
        return conversation.already()


def _press_join(press: Press) -> Said:
    language, source = press.language_and_source
    with override(language):
        if press.subscription and press.subscription.state == Subscription.State.ACTIVE:
            return conversation.already()
        if len(press.values) > 3:
            raise Unpressable
        if not press.agreed(Purpose.MESSAGES):
            return conversation.consent(language, source)
        try:
            subscriptions.join(
                channel=ChannelName.TELEGRAM,
                address=str(press.chat),
                language=language,
                purposes=frozenset({Purpose.MESSAGES}),
                method=BOT,
                source=source,
                now=press.now,
            )
        except subscriptions.AddressSuppressed:
            return conversation.refused()
        return conversation.group(welcome=True)


def _press_no(_press: Press) -> Said:
    return conversation.declined()


def _press_again(press: Press) -> Said:
    press.joined()
    return conversation.group()


def _press_stay(press: Press) -> Said:
    """Answering is enough: whoever presses anything is active."""
    press.joined()
    return conversation.stays()


def _press_group(press: Press) -> Said:
    subscription = press.joined()
    answer = press.one_of([SKIP, *filter(None, Group.values)])
    if answer != SKIP:
        subscriptions.change(subscription=subscription, method=BOT, now=press.now, group=answer)
    return conversation.gender()


def _press_gender(press: Press) -> Said:
    subscription = press.joined()
    answer = press.values[0]
    if answer not in (SKIP, *filter(None, Gender.values)) or len(press.values) > 2:
        raise Unpressable
    if answer not in (SKIP, Gender.UNDISCLOSED) and not press.agreed(Purpose.GENDER_STATISTICS):
        return conversation.gender(alone=press.alone)
    if answer != SKIP:
        counted = answer != Gender.UNDISCLOSED
        subscriptions.change(
            subscription=subscription,
            method=BOT,
            now=press.now,
            gender=answer,
            purposes={Purpose.GENDER_STATISTICS: counted},
        )
    return privacy.consents(subscription) if press.alone else conversation.topics(topics_of(subscription))


def _press_topic(press: Press) -> Said:
    subscription = press.joined()
    if len(press.values) != 2 or press.values[0] not in settings.TOPICS or press.values[1] not in {"0", "1"}:
        raise Unpressable
    topic, wanted = press.values
    had = topics_of(subscription)
    chosen = had | {topic} if wanted == "1" else had - {topic}
    subscriptions.change(subscription=subscription, method=BOT, now=press.now, topics=chosen)
    return conversation.topics(chosen, alone=press.alone)


def _press_topics_done(press: Press) -> Said:
    subscription = press.joined()
    return conversation.frequency(subscription.subscriber.frequency) if press.alone else conversation.clicks()


def _press_often(press: Press) -> Said:
    subscription = press.joined()
    answer = press.one_of(list(Frequency.values))
    subscriptions.change(subscription=subscription, method=BOT, now=press.now, frequency=answer)
    return conversation.kept()


def _press_clicks(press: Press) -> Said:
    subscription = press.joined()
    granted = press.values[0] == "1"
    if press.values[0] not in {"0", "1"} or len(press.values) > 2:
        raise Unpressable
    if granted and not press.agreed(Purpose.CLICK_TRACKING):
        return conversation.clicks()
    subscriptions.change(
        subscription=subscription, method=BOT, now=press.now, purposes={Purpose.CLICK_TRACKING: granted}
    )
    return conversation.finished()


def _press_allow(press: Press) -> Said:
    subscription = press.joined()
    if not 2 <= len(press.values) <= 3 or press.values[0] not in privacy.ASKED or press.values[1] not in {"0", "1"}:
        raise Unpressable
    purpose, granted = Purpose(press.values[0]), press.values[1] == "1"
    if granted and purpose == Purpose.GENDER_STATISTICS:
        # There is nothing to count until the person has said it.
        return conversation.gender(alone=True)
    if granted and not press.agreed(purpose):
        return privacy.consents(subscription)
    subscriptions.change(subscription=subscription, method=BOT, now=press.now, purposes={purpose: granted})
    return privacy.consents(subscription)


def _press_leave(press: Press) -> Said:
    leave_by_bot(subscription=press.joined(), now=press.now)
    return conversation.left()


def _press_erase(press: Press) -> Said:
    # Whoever has left may be forgotten too; what is gone can't be erased twice.
    if press.subscription is None:
        return privacy.nothing_kept()
    erase(subscriber=press.subscription.subscriber, now=press.now)
    return privacy.erased()


def _press_keep(_press: Press) -> Said:
    return privacy.spared()


PRESSED: Mapping[str, Callable[[Press], Said]] = {
    "lang": _press_language,
    "join": _press_join,
    "no": _press_no,
    "again": _press_again,
    "stay": _press_stay,
    "group": _press_group,
    "gender": _press_gender,
    "topic": _press_topic,
    "topics": _press_topics_done,
    "often": _press_often,
    "click": _press_clicks,
    "allow": _press_allow,
    "leave": _press_leave,
    "erase": _press_erase,
    "keep": _press_keep,
}
"""What each button does, by the name that its data begins with."""

ASKED_ALONE = frozenset({"gender", "topic", "topics"})


def press(*, data: str, chat: int, subscription: Subscription | None, now: datetime) -> Said:
    """Do what the button with this data does, and return what to say; raises :class:`Unpressable`."""
    name, _colon, values = data.partition(":")
    plain = name.removesuffix(ALONE)
    alone = plain != name
    if plain not in PRESSED or (alone and plain not in ASKED_ALONE):
        raise Unpressable
    return PRESSED[plain](Press(chat, tuple(values.split(":")), subscription, now, alone))


def topics_of(subscription: Subscription) -> frozenset[str]:
    """The topics that the person chose."""
    return frozenset(subscription.subscriber.topics.values_list("topic", flat=True))
