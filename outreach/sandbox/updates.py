"""What the Bot API tells a bot of a person's acts: the payloads of updates, still without their number."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from .inbox import Json

_marks = count(1)


def written(*, chat: int, text: str, language: str = "en", name: str = "Phone") -> Json:
    """The person wrote a text; a leading ``/word`` is a command."""
    message: Json = {
        "message_id": next(_marks),
        "date": _now(),
        "from": _person(chat, language, name),
        "chat": _chat(chat, name),
        "text": text,
    }
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    return {"message": message}


def pressed(*, chat: int, message: int, data: str, text: str = "", language: str = "en", name: str = "Phone") -> Json:
    """The person pressed a button under the bot's message with this number."""
    carrier = {"message_id": message, "date": _now(), "chat": _chat(chat, name), "text": text or "…"}
    return {
        "callback_query": {
            "id": f"{chat}-{message}-{next(_marks)}",
            "from": _person(chat, language, name),
            "chat_instance": str(chat),
            "message": carrier,
            "data": data,
        }
    }


def membership(*, chat: int, blocked: bool, language: str = "en", name: str = "Phone") -> Json:
    """The person blocked the bot, or let it in again."""
    bot = {"id": 1, "is_bot": True, "first_name": "Sandbox"}
    let_in: dict[str, Any] = {"user": bot, "status": "member"}
    shut_out: dict[str, Any] = {"user": bot, "status": "kicked", "until_date": 0}
    old, new = (let_in, shut_out) if blocked else (shut_out, let_in)
    return {
        "my_chat_member": {
            "chat": _chat(chat, name),
            "from": _person(chat, language, name),
            "date": _now(),
            "old_chat_member": old,
            "new_chat_member": new,
        }
    }


def _person(chat: int, language: str, name: str) -> Json:
    return {"id": chat, "is_bot": False, "first_name": name, "language_code": language}


def _chat(chat: int, name: str) -> Json:
    return {"id": chat, "type": "private", "first_name": name}


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
