"""The parameters of a call to the Bot API: read in every way in which they may come, and refused where Telegram would.

Errors: :class:`Refused`, which says what Telegram would answer.
"""

import base64
import json
import re
from collections.abc import Mapping

from aiohttp import web

from . import telegram_html
from .inbox import Json

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_DATA = 4096, 1024, 64
UPLOADED = re.compile(r"photo(-?\d{1,18})\.(\d{1,18})")
"""The ``file_id`` of a picture: the chat and the number of the message with which it was uploaded."""

PICTURES = {b"\x89PNG": "png", b"\xff\xd8": "jpeg", b"RIFF": "webp"}


class Refused(Exception):
    """A call that Telegram answers with an error."""

    def __init__(self, status: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters


def bad_request(description: str) -> Refused:
    """What Telegram answers to a call that it can't carry out."""
    return Refused(400, f"Bad Request: {description}")


async def read(request: web.Request) -> Json:
    """All parameters by name: text, JSON values, or an uploaded file's bytes, whose name is at :func:`file_name`."""
    parameters: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        return {**parameters, **(body if isinstance(body, dict) else {})}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            parameters[name], parameters[file_name(name)] = value.file.read(), value.filename
        else:
            parameters[name] = value
    return parameters


def file_name(name: str) -> str:
    """The parameter that holds the file name of the upload ``name``."""
    return f"\x00{name}"


def number(parameters: Json, name: str, default: int | None = None) -> int:
    """A whole number; ``default`` where it was not given."""
    value = parameters.get(name, default)
    if not re.fullmatch(r"-?\d{1,18}", str(value)):
        raise bad_request(f"{name} is not a number")
    return int(str(value))


def text(parameters: Json, name: str, longest: int) -> str:
    """A text or caption, in a parse mode that is spoken here and no longer than Telegram takes."""
    given = str(parameters.get(name, ""))
    mode = str(parameters.get("parse_mode", "")).lower()
    if mode not in {"", "html"}:
        raise bad_request("unsupported parse_mode")
    try:
        parsed = telegram_html.parse(given) if mode else telegram_html.plain(given)
    except telegram_html.BadEntities as error:
        raise bad_request(f"can't parse entities: {error}") from None
    if not parsed.plain.strip():
        raise bad_request("message text is empty")
    if parsed.length > longest:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    return given


def photo(given: bytes | str) -> str:
    """An uploaded picture as a data address, so that it can be shown; an address is kept as it is, and not fetched."""
    if isinstance(given, str):
        if not given.startswith(("http://", "https://")):
            raise bad_request("wrong file identifier/HTTP URL specified")
        return given
    kind = next((kind for start, kind in PICTURES.items() if given.startswith(start)), None)
    if kind is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return f"data:image/{kind};base64,{base64.b64encode(given).decode()}"


def document(parameters: Json) -> Json:
    """An uploaded file: its name, its size, and its bytes as a data address that a page offers to save."""
    given = parameters.get("document")
    if not isinstance(given, bytes):
        raise bad_request("there is no document in the request")
    if not given:
        raise bad_request("file must be non-empty")
    address = f"data:application/octet-stream;base64,{base64.b64encode(given).decode()}"
    return {"name": str(parameters[file_name("document")]), "size": len(given), "address": address}


def markup(parameters: Json) -> Json:
    """The buttons under a message; empty where there are none."""
    value = parameters.get("reply_markup") or {}
    try:
        given = json.loads(value) if isinstance(value, str) else value
        rows = given.get("inline_keyboard", [])
        for button in [button for row in rows for button in row]:
            _check_button(button)
    except (ValueError, AttributeError, TypeError):
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    return dict(given)


def _check_button(button: Json) -> None:
    if not button.get("text"):
        raise bad_request("can't parse inline keyboard button: Text is empty")
    if not button.get("url") and not button.get("callback_data"):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(str(button.get("callback_data", "")).encode()) > LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.get("url") and not telegram_html.ADDRESS.fullmatch(str(button["url"])):
        raise bad_request("inline keyboard button URL is invalid: Wrong HTTP URL")
