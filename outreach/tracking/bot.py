"""The Telegram bot: people join, answer what they like and leave. It knows nothing of them but their chat's number.

:func:`answers` does what an update asks for and returns what to say; :func:`handle` also says it. Handling the same
update twice changes nothing more. Nothing of a person is kept before they agree to messages.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import override
from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from outreach.audience import subscriptions
from outreach.audience.addresses import address_hash
from outreach.audience.choices import ChannelName
from outreach.audience.inactivity import note_activity
from outreach.audience.models import Subscription
from outreach.audience.source import as_source
from outreach.broadcasts import test_chats
from outreach.channels.failures import ChannelError, MessageRejected
from outreach.channels.telegram_client import Keyboard

from . import conversation, privacy
from .conversation import Said
from .events import leave_by_bot
from .presses import Unpressable, press, topics_of

logger = logging.getLogger(__name__)


class Client(Protocol):
    """What the bot needs of :class:`~outreach.channels.telegram_client.BotClient`."""

    def send_message(self, *, chat: int | str, html: str, keyboard: Keyboard = ()) -> int:
        """Send a new message."""

    def send_document(self, *, chat: int | str, name: str, content: bytes) -> int:
        """Send a file."""

    def edit_message(self, *, chat: int | str, message: int, html: str, keyboard: Keyboard = ()) -> None:
        """Put another text in the place of one."""

    def answer_callback(self, *, callback: str, text: str = "") -> None:
        """Stop a button from turning."""


@dataclass(frozen=True)
class Answer:
    """What to say to a chat, in place of ``message`` if given; ``notice`` answers the pressed button ``callback``."""

    chat: int
    said: Said | None = None
    message: int | None = None
    callback: str = ""
    notice: str = ""

    def give(self, client: Client) -> None:
        """Say it; raises a :class:`~outreach.channels.failures.ChannelError`."""
        if self.callback:
            client.answer_callback(callback=self.callback, text=self.notice)
        if self.said is None:
            return
        html, keyboard = self.said.html, self.said.keyboard
        if self.message is not None:
            try:
                return client.edit_message(chat=self.chat, message=self.message, html=html, keyboard=keyboard)
            except MessageRejected:
                logger.info("a message is too old to be changed; a new one is sent")
        client.send_message(chat=self.chat, html=html, keyboard=keyboard)
        if file := self.said.file:
            client.send_document(chat=self.chat, name=file.name, content=file.content)


def handle(update: Update, *, client: Client, now: datetime) -> None:
    """Do what the update asks for and answer it; an answer that Telegram refuses is logged, and what was done stays."""
    with transaction.atomic():
        answer = answers(update, now=now)
    give(answer, update=update, client=client)


def give(answer: Answer | None, *, update: Update, client: Client) -> None:
    """Say the answer to an update that was acted on."""
    try:
        if answer:
            answer.give(client)
    except ChannelError as error:
        logger.warning("the answer to update %d was not taken (%s)", update.update_id, type(error).__name__)


def answers(update: Update, *, now: datetime) -> Answer | None:
    """Do what the update asks for; returns what to say, or ``None`` where nothing is to be said."""
    if (chat := update.effective_chat) and (subscription := _subscription(chat.id)):
        note_activity(subscribers=[subscription.subscriber_id], now=now)
    if update.callback_query:
        return _pressed(update.callback_query, now)
    if update.my_chat_member:
        return _let_in_or_out(update.my_chat_member, now)
    if update.message:
        return _written(update.message, now)
    return None


# What people write


def _written(message: Message, now: datetime) -> Answer | None:
    chat, text = message.chat, message.text or ""
    command, _space, payload = text.partition(" ")
    if chat.type != Chat.PRIVATE:
        with override(_language(None, message.from_user)):
            return Answer(chat.id, conversation.private_only()) if text.startswith("/") else None
    subscription = _subscription(chat.id)
    with override(_language(subscription, message.from_user)):
        match command.partition("@")[0]:
            case "/start":
                said = _start(chat.id, payload.strip(), subscription, now)
            case "/stop":
                said = _stop(subscription, now)
            case "/language" | "/topics" | "/privacy":
                said = _asked_again(command.partition("@")[0], subscription)
            case "/mydata":
                said = privacy.data(subscription) if subscription else privacy.nothing_kept()
            case "/erase":
                said = privacy.ask_to_erase() if subscription else privacy.nothing_kept()
            case _:
                said = conversation.help_text()
    return Answer(chat.id, said)


def _asked_again(command: str, subscription: Subscription | None) -> Said:
    """A question by itself, to somebody who has joined."""
    if subscription is None or subscription.state != Subscription.State.ACTIVE:
        return conversation.not_joined()
    if command == "/language":
        return conversation.languages(subscription.subscriber.language)
    if command == "/topics":
        return conversation.topics(topics_of(subscription), alone=True)
    return privacy.consents(subscription)


def _start(chat: int, payload: str, subscription: Subscription | None, now: datetime) -> Said:
    if not payload.startswith(test_chats.PREFIX):
        if subscription and subscriptions.resume(subscription=subscription):
            return conversation.back()
        return conversation.greeting(as_source(payload))
    try:
        test_chats.bind(payload=payload, chat=chat, now=now)
    except test_chats.BindingRefused:
        return conversation.not_bound()
    return conversation.bound()


def _stop(subscription: Subscription | None, now: datetime) -> Said:
    if subscription is None or subscription.state == Subscription.State.LEFT:
        return conversation.not_joined()
    leave_by_bot(subscription=subscription, now=now)
    return conversation.left()


def _let_in_or_out(change: ChatMemberUpdated, now: datetime) -> Answer | None:
    """Stop writing to somebody who blocked the bot. Being let in again is not yet a wish to get messages."""
    chat, status = change.chat, change.new_chat_member.status
    if chat.type != Chat.PRIVATE:
        with override(_language(None, change.from_user)):
            return Answer(chat.id, conversation.private_only()) if status in {"member", "administrator"} else None
    subscription = _subscription(chat.id)
    if status == "kicked" and subscription:
        subscriptions.stop(subscription=subscription, now=now)
    return None


# What people press


def _pressed(query: CallbackQuery, now: datetime) -> Answer | None:
    message = query.message
    if message is None:
        return None
    chat = message.chat
    subscription = _subscription(chat.id) if chat.type == Chat.PRIVATE else None
    with override(_language(subscription, query.from_user)):
        try:
            if chat.type != Chat.PRIVATE:
                raise Unpressable
            said = press(data=query.data or "", chat=chat.id, subscription=subscription, now=now)
            if said.notice:
                return Answer(chat.id, callback=query.id, notice=said.notice)
            return Answer(chat.id, said, message.message_id, query.id)
        except Unpressable:
            return Answer(chat.id, callback=query.id, notice=conversation.gone())


# Who it is


def _subscription(chat: int) -> Subscription | None:
    digest = address_hash(channel=ChannelName.TELEGRAM, address=str(chat))
    found = Subscription.objects.select_related("subscriber")
    return found.filter(channel=ChannelName.TELEGRAM, address_hash=digest).first()


def _language(subscription: Subscription | None, person: User | None) -> str:
    """The language that the person chose, else that of their phone if the bot speaks it."""
    if subscription:
        return subscription.subscriber.language
    spoken = (person.language_code or "").partition("-")[0] if person else ""
    return spoken if spoken in conversation.interface_languages() else settings.LANGUAGE_CODE
