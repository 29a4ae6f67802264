"""Pretend phones: what a person does on one, and the conversation that it shows.

A phone is opened with an unguessable link, since in the demo anybody may have one without an account.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.safestring import SafeString, mark_safe

from . import telegram_html, updates
from .calls import UPLOADED
from .models import SandboxChat, SandboxMessage, SandboxUpdate

FIRST_NUMBER, NUMBERS = 5_000_000_000, 1_000_000_000
LONGEST_CONVERSATION = 50

_signer = Signer(salt="sandbox.phone")


class NoSuchPhone(LookupError):
    """The link to a phone was not made here."""


class Forgotten(NoSuchPhone):
    """The link was made here, and of the phone with this ``number`` nothing is kept any more."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class NoSuchButton(LookupError):
    """The message has no such button."""


@dataclass(frozen=True, slots=True)
class Key:
    """A button under a message: it leads to ``url``, or sends ``data`` back."""

    label: str
    url: str
    data: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message in a conversation; ``html`` is safe to show, ``file`` is the address of the file ``file_name``."""

    number: int
    from_bot: bool
    at: datetime
    html: SafeString
    photo: str = ""
    file: str = ""
    file_name: str = ""
    keyboard: tuple[tuple[Key, ...], ...] = ()


def new_phone(*, name: str, language: str, now: datetime) -> SandboxChat:
    """A phone that nobody has used yet."""
    number = FIRST_NUMBER + secrets.randbelow(NUMBERS)
    return SandboxChat.objects.create(number=number, name=name, language_code=language, opened_at=now)


def phone_of(*, number: int, now: datetime, language: str = "en") -> SandboxChat:
    """The phone behind a chat, made where the bot wrote first, or where everything of it was forgotten."""
    phone, _made = SandboxChat.objects.get_or_create(
        number=number, defaults={"name": f"Phone {number}", "language_code": language, "opened_at": now}
    )
    return phone


def token(phone: SandboxChat) -> str:
    """The unguessable part of the phone's address."""
    return _signer.sign(str(phone.number))


def by_token(token: str) -> SandboxChat:
    """The phone that :func:`token` names; raises :class:`NoSuchPhone`, or :class:`Forgotten` where it was one."""
    try:
        number = int(_signer.unsign(token))
    except (BadSignature, ValueError) as error:
        raise NoSuchPhone from error
    try:
        return SandboxChat.objects.get(number=number)
    except SandboxChat.DoesNotExist as error:
        raise Forgotten(number) from error


def write(*, phone: SandboxChat, text: str, now: datetime) -> SandboxUpdate:
    """The person writes to the bot; a phone that had blocked it lets it in again, as Telegram does."""
    if phone.state == SandboxChat.State.BLOCKED:
        change_state(phone=phone, state=SandboxChat.State.OPEN, now=now)
    return _tell(phone, updates.written(chat=phone.number, text=text, **_person(phone)), now)


def press(*, phone: SandboxChat, message: int, data: str, now: datetime) -> SandboxUpdate:
    """The person presses a button of the bot's; raises :class:`NoSuchButton`, also where the bot is shut out."""
    kept = _messages(phone).filter(pk=message).first() if phone.state == SandboxChat.State.OPEN else None
    content = json.loads(bytes(kept.content)) if kept else {}
    if not any(key.data == data for row in _keyboard(content) for key in row):
        raise NoSuchButton
    text = telegram_html.shown(content).plain
    return _tell(
        phone, updates.pressed(chat=phone.number, message=message, data=data, text=text, **_person(phone)), now
    )


def change_state(*, phone: SandboxChat, state: str, now: datetime) -> None:
    """The person blocks the bot, lets it in again, or deletes the account; only the first two are told to the bot."""
    told = {SandboxChat.State.OPEN: False, SandboxChat.State.BLOCKED: True}
    if state != phone.state and state in told and phone.state in told:
        _tell(
            phone, updates.membership(chat=phone.number, blocked=told[SandboxChat.State(state)], **_person(phone)), now
        )
    phone.state = state
    phone.save(update_fields=["state"])


def conversation(phone: SandboxChat) -> list[Bubble]:
    """The last messages between the phone and the bot, oldest first."""
    sent = [_from_bot(kept) for kept in _messages(phone)[:LONGEST_CONVERSATION]]
    wrote = SandboxUpdate.objects.filter(chat=phone.number, payload__has_key="message").order_by("-pk")
    said = [_from_person(update) for update in wrote[:LONGEST_CONVERSATION]]
    return sorted([*sent, *said], key=lambda bubble: bubble.at)[-LONGEST_CONVERSATION:]


def is_waiting(phone: SandboxChat) -> bool:
    """Whether the bot has not read yet what the phone sent."""
    return SandboxUpdate.objects.filter(chat=phone.number, confirmed=False).exists()


def _from_bot(kept: SandboxMessage) -> Bubble:
    content = json.loads(bytes(kept.content))
    document = content.get("document", {})
    return Bubble(
        number=kept.pk,
        from_bot=True,
        at=kept.received_at,
        html=mark_safe(telegram_html.shown(content).html),
        photo=_picture(content.get("photo", "")),
        file=document.get("address", ""),
        file_name=document.get("name", ""),
        keyboard=_keyboard(content),
    )


def _picture(photo: str) -> str:
    """The picture as it can be shown; one that was sent again by its ``file_id`` is where it was uploaded."""
    uploaded = UPLOADED.fullmatch(photo)
    if uploaded is None:
        return photo
    kept = SandboxMessage.objects.filter(
        channel=SandboxMessage.Channel.TELEGRAM, receiver=uploaded[1], pk=int(uploaded[2])
    ).first()
    return str(json.loads(bytes(kept.content)).get("photo", "")) if kept else ""


def _from_person(update: SandboxUpdate) -> Bubble:
    text = update.payload["message"]["text"]
    return Bubble(update.pk, from_bot=False, at=update.sent_at, html=mark_safe(telegram_html.plain(text).html))


def _keyboard(content: dict[str, Any]) -> tuple[tuple[Key, ...], ...]:
    rows = content.get("reply_markup", {}).get("inline_keyboard", [])
    return tuple(
        tuple(Key(key["text"], key.get("url", ""), key.get("callback_data", "")) for key in row) for row in rows
    )


def _messages(phone: SandboxChat) -> Any:
    return SandboxMessage.objects.filter(channel=SandboxMessage.Channel.TELEGRAM, receiver=str(phone.number))


def _person(phone: SandboxChat) -> dict[str, str]:
    return {"language": phone.language_code, "name": phone.name}


def _tell(phone: SandboxChat, payload: dict[str, Any], now: datetime) -> SandboxUpdate:
    return SandboxUpdate.objects.create(chat=phone.number, payload=payload, sent_at=now)
