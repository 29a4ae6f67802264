"""A server that speaks Telegram's Bot API, as far as a bot of ours goes, and passes nothing on.

It answers at ``/bot<token>/<method>`` like the original: GET and POST, parameters in the query, a form (also multipart)
or JSON. See https://core.telegram.org/bots/api.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from . import calls, telegram_html
from .calls import LONGEST_CAPTION, LONGEST_TEXT, Refused, bad_request
from .faults import CallFault, CallFaults
from .inbox import Inbox, Json
from .models import SandboxChat

logger = logging.getLogger(__name__)

LONGEST_POLL = 50
LARGEST_CALL = 12 * 1024 * 1024
WEBHOOK_AGAIN_SECONDS = 1.0


class BotApi:
    """The pretend Bot API of one bot."""

    def __init__(self, inbox: Inbox, faults: CallFaults, *, token: str, username: str = "sandbox_bot") -> None:
        self._inbox = inbox
        self._faults = faults
        self._token = token
        self._bot = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Sandbox", "username": username}
        self._webhook: dict[str, str] = {}
        self._pushing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._methods: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "senddocument": self._send_document,
            "editmessagetext": self._edit_message_text,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "deletemessage": self._delete_message,
            "answercallbackquery": self._yes,
            "setmycommands": self._yes,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
        }

    def application(self) -> web.Application:
        """The aiohttp application to serve."""
        application = web.Application(client_max_size=LARGEST_CALL)
        application.router.add_route("*", "/bot{token}/{method}", self._call)
        application.on_shutdown.append(self._close)
        return application

    async def _close(self, _application: web.Application) -> None:
        self._closing.set()
        await self._stop_pushing()

    # --- A call and its answer ---------------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
            method = request.match_info["method"].lower()
            if method not in self._methods:
                raise Refused(404, "Not Found")
            parameters = await calls.read(request)
            chat = int(parameters["chat_id"]) if re.fullmatch(r"-?\d+", str(parameters.get("chat_id"))) else None
            if fault := self._faults.of(method, chat):
                if fault.kept:
                    await self._carry_out(method, parameters)
                return await self._faulty(fault, request)
            return web.json_response({"ok": True, "result": await self._carry_out(method, parameters)})
        except Refused as refusal:
            answer = {"ok": False, "error_code": refusal.status, "description": str(refusal)}
            if refusal.parameters:
                answer["parameters"] = dict(refusal.parameters)
            return web.json_response(answer, status=refusal.status)

    async def _carry_out(self, method: str, parameters: Json) -> Any:
        try:
            return await self._methods[method](parameters)
        except Refused:
            raise
        except Exception as error:
            logger.exception("the sandbox could not carry out %s", method)
            raise Refused(500, "Internal Server Error") from error

    async def _faulty(self, fault: CallFault, request: web.Request) -> web.StreamResponse:
        if fault.silent:
            await self._closing.wait()
        if not fault.status:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.page is not None:
            return web.Response(status=fault.status, body=fault.page, content_type="text/html")
        raise Refused(fault.status, fault.description, fault.parameters)

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refused(404, "Not Found")
        if token != self._token:
            raise Refused(401, "Unauthorized")

    # --- Messages ----------------------------------------------------------------------------------------------------

    async def _send_message(self, parameters: Json) -> Json:
        return await self._send(parameters, {"text": calls.text(parameters, "text", LONGEST_TEXT)})

    async def _send_photo(self, parameters: Json) -> Json:
        given = parameters.get("photo")
        if not given:
            raise bad_request("there is no photo in the request")
        caption = calls.text(parameters, "caption", LONGEST_CAPTION) if parameters.get("caption") else ""
        photo = given if isinstance(given, str) and await self._was_uploaded(given) else calls.photo(given)
        return await self._send(parameters, {"photo": photo, "caption": caption})

    async def _send_document(self, parameters: Json) -> Json:
        caption = calls.text(parameters, "caption", LONGEST_CAPTION) if parameters.get("caption") else ""
        return await self._send(parameters, {"document": calls.document(parameters), "caption": caption})

    async def _was_uploaded(self, file_id: str) -> bool:
        found = calls.UPLOADED.fullmatch(file_id)
        message = await self._inbox.message(chat=int(found[1]), number=int(found[2])) if found else None
        return message is not None and "photo" in message

    async def _send(self, parameters: Json, content: Json) -> Json:
        chat = await self._open_chat(parameters)
        message = {
            **content,
            "parse_mode": str(parameters.get("parse_mode", "")),
            "reply_markup": calls.markup(parameters),
            "date": int(datetime.now(UTC).timestamp()),
        }
        number = await self._inbox.keep_message(chat=chat, message=message)
        return self._message(chat, number, message)

    async def _edit_message_text(self, parameters: Json) -> Json:
        return await self._change(
            parameters,
            {
                "text": calls.text(parameters, "text", LONGEST_TEXT),
                "parse_mode": str(parameters.get("parse_mode", "")),
                "reply_markup": calls.markup(parameters),
            },
        )

    async def _edit_message_reply_markup(self, parameters: Json) -> Json:
        return await self._change(parameters, {"reply_markup": calls.markup(parameters)})

    async def _change(self, parameters: Json, change: Json) -> Json:
        chat, number = await self._open_chat(parameters), calls.number(parameters, "message_id")
        message = await self._inbox.change_message(chat=chat, number=number, change=change)
        if message is None:
            raise bad_request("message to edit not found")
        return self._message(chat, number, message)

    async def _delete_message(self, parameters: Json) -> bool:
        chat, number = await self._open_chat(parameters), calls.number(parameters, "message_id")
        if not await self._inbox.delete_message(chat=chat, number=number):
            raise bad_request("message to delete not found")
        return True

    async def _open_chat(self, parameters: Json) -> int:
        if not str(parameters.get("chat_id", "")):
            raise bad_request("chat_id is empty")
        if not re.fullmatch(r"-?\d{1,18}", str(parameters["chat_id"])):
            raise bad_request("chat not found")
        chat = int(parameters["chat_id"])
        state = await self._inbox.chat_state(chat=chat)
        if state == SandboxChat.State.BLOCKED:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if state == SandboxChat.State.DELETED:
            raise bad_request("chat not found")
        return chat

    def _message(self, chat: int, number: int, message: Json) -> Json:
        content: Json = {"text": telegram_html.shown(message).plain} if "text" in message else {}
        if "photo" in message:
            known = calls.UPLOADED.fullmatch(message["photo"])
            file_id = message["photo"] if known else f"photo{chat}.{number}"
            size = {"file_id": file_id, "file_unique_id": file_id, "width": 1, "height": 1}
            content = {"photo": [size], "caption": telegram_html.shown(message).plain}
        if "document" in message:
            file_id, kept = f"document{chat}.{number}", message["document"]
            sent = {"file_id": file_id, "file_unique_id": file_id, "file_name": kept["name"], "file_size": kept["size"]}
            content = {"document": sent, "caption": telegram_html.shown(message).plain}
        return {
            "message_id": number,
            "date": message["date"],
            "from": self._bot,
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
            **content,
            **({"reply_markup": message["reply_markup"]} if message["reply_markup"] else {}),
        }

    # --- Updates -----------------------------------------------------------------------------------------------------

    async def _get_updates(self, parameters: Json) -> list[Json]:
        if self._webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
        offset, limit = calls.number(parameters, "offset", 0), calls.number(parameters, "limit", 100)
        loop = asyncio.get_running_loop()
        end = loop.time() + min(calls.number(parameters, "timeout", 0), LONGEST_POLL)
        while True:
            updates = await self._inbox.updates(offset=offset, limit=max(1, min(limit, 100)))
            if updates or loop.time() >= end or self._closing.is_set():
                return updates
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._inbox.poll_seconds)

    async def _set_webhook(self, parameters: Json) -> bool:
        await self._stop_pushing()
        self._webhook = {name: str(parameters[name]) for name in ("url", "secret_token") if parameters.get(name)}
        if self._webhook:
            self._pushing = asyncio.create_task(self._push_updates(**self._webhook))
        return True

    async def _delete_webhook(self, _parameters: Json) -> bool:
        return await self._set_webhook({})

    async def _get_webhook_info(self, _parameters: Json) -> Json:
        return {"url": self._webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}

    async def _push_updates(self, url: str, secret_token: str = "") -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret_token} if secret_token else {}
        offset = 0
        async with ClientSession(headers=headers, timeout=ClientTimeout(total=10)) as session:
            while True:
                wait = self._inbox.poll_seconds
                for update in await self._inbox.updates(offset=offset, limit=1):
                    try:
                        async with session.post(url, json=update) as answer:
                            answer.raise_for_status()
                    except (ClientError, TimeoutError):
                        wait = WEBHOOK_AGAIN_SECONDS
                    else:
                        offset, wait = update["update_id"] + 1, 0
                await asyncio.sleep(wait)

    async def _stop_pushing(self) -> None:
        if self._pushing:
            self._pushing.cancel()
            with suppress(asyncio.CancelledError):
                await self._pushing
            self._pushing = None

    # --- What needs no store -----------------------------------------------------------------------------------------

    async def _get_me(self, _parameters: Json) -> Json:
        return {**self._bot, "can_join_groups": False, "can_read_all_group_messages": False}

    async def _yes(self, _parameters: Json) -> bool:
        return True
