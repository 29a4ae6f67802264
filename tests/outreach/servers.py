"""Real servers for tests: the sandbox's mail server and Bot API server on free ports of this machine, with a script.

Take them as the fixtures ``smtp_server`` and ``bot_api``; both point the settings at themselves.

    def test_…(smtp_server):
        smtp_server.answers("receiver", "550 5.1.1 No such mailbox")       # once; times=3, receiver="a@example.org"
        smtp_server.drops("end", kept=True)                                 # the mail arrived, the answer is lost
        …
        assert smtp_server.receivers == ["b@example.org"]                   # in the order of arrival
        assert smtp_server.messages[0]["Subject"] == "…"                    # parsed with email.policy.default

    def test_…(bot_api):
        bot_api.answers(429, retry_after=30)                                # the next call that sends something
        bot_api.answers(400, "Bad Request: chat not found", chat=7)
        bot_api.answers(400, "…", migrate_to=-1001)
        bot_api.gateway(502)                                                # an answer that is not Telegram's
        bot_api.drops(kept=True)                                            # carried out, but the line broke
        bot_api.blocks(7); bot_api.deletes(8)                               # these chats, from now on
        bot_api.writes(7, "/start", language="fr")                          # an update that the bot will read
        bot_api.presses(7, "lang:fr", message=1)
        assert bot_api.sent[0]["chat_id"] == 7                              # with text, keyboard rows, message_id
        assert bot_api.calls[-1][0] == "answercallbackquery"                # (method, parameters) of every call

Stages of a mail: greeting, sender, receiver, data, body, end (:class:`outreach.sandbox.faults.Stage`).
"""

import asyncio
import email
import email.policy
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, TypeVar

from outreach.sandbox import updates
from outreach.sandbox.faults import CallFault, MailFault, Stage
from outreach.sandbox.inbox import KeptMail, MemoryInbox
from outreach.sandbox.models import SandboxChat
from outreach.sandbox.servers import HOST, Sandbox

TOKEN = "123456:sandbox-token"
SENDING = {"sendmessage", "sendphoto", "senddocument"}

Result = TypeVar("Result")


class Background:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=10)

    def close(self) -> None:
        self.run(self._cancel_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    @staticmethod
    async def _cancel_rest() -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


@dataclass
class _Scripted:
    fault: Any
    times: int
    fits: Callable[..., bool]


class _Script:
    """Faults in the order in which a test wrote them down, each as often as it said."""

    def __init__(self) -> None:
        self._waiting: list[_Scripted] = []

    def add(self, fault: Any, *, times: int, fits: Callable[..., bool]) -> None:
        self._waiting.append(_Scripted(fault, times, fits))

    def next(self, *situation: Any) -> Any:
        for scripted in self._waiting:
            if scripted.times and scripted.fits(*situation):
                scripted.times -= 1
                return scripted.fault
        return None


class _Server:
    def __init__(self) -> None:
        self.inbox = MemoryInbox()
        self._script = _Script()
        self._background: Background | None = None
        self._sandbox: Sandbox | None = None
        self.port = 0
        self.start()

    def start(self) -> None:
        """Listen, on the same port as before after a :meth:`stop`."""
        self._background = Background()
        self._sandbox = Sandbox(self.inbox, mail_faults=self, call_faults=self)
        self.port = self._background.run(self._serve(self._sandbox))

    async def _serve(self, sandbox: Sandbox) -> int:
        raise NotImplementedError

    def stop(self) -> None:
        """Listen no more."""
        if self._background and self._sandbox:
            self._background.run(self._sandbox.stop())
            self._background.close()
            self._background = self._sandbox = None


class SmtpServer(_Server):
    """A mail server; what it took is in :attr:`mails`, :attr:`receivers` and :attr:`messages`."""

    host = HOST

    def __init__(self, *, pipelining: bool = True) -> None:
        self._pipelining = pipelining
        super().__init__()

    async def _serve(self, sandbox: Sandbox) -> int:
        return await sandbox.serve_mail(port=self.port, pipelining=self._pipelining)

    @property
    def mails(self) -> list[KeptMail]:
        return self.inbox.mails

    @property
    def receivers(self) -> list[str]:
        return [mail.receiver for mail in self.mails]

    @property
    def messages(self) -> list[EmailMessage]:
        return [email.message_from_bytes(mail.content, policy=email.policy.default) for mail in self.mails]

    def answers(self, stage: str, reply: str, *, times: int = 1, receiver: str = "", kept: bool = False) -> None:
        """Give this reply at a stage, to one receiver only if named."""
        self._add(stage, MailFault(reply, kept=kept), times, receiver)

    def drops(self, stage: str, *, times: int = 1, receiver: str = "", kept: bool = False) -> None:
        """Break the line at a stage; ``kept``: at the end, after the mail arrived."""
        self._add(stage, MailFault(kept=kept), times, receiver)

    def falls_silent(self, stage: str, *, times: int = 1, receiver: str = "", kept: bool = False) -> None:
        """Never answer at a stage."""
        self._add(stage, MailFault(silent=True, kept=kept), times, receiver)

    def _add(self, stage: str, fault: MailFault, times: int, receiver: str) -> None:
        at = Stage(stage)
        self._script.add(fault, times=times, fits=lambda now, who: now == at and receiver in {"", who})

    def at(self, stage: Stage, receiver: str) -> MailFault | None:
        return self._script.next(stage, receiver)


class BotApiServer(_Server):
    """A Bot API server; what it was asked is in :attr:`calls`, what a phone would show in :attr:`sent`."""

    token = TOKEN

    def __init__(self) -> None:
        self.calls: list[tuple[str, int | None]] = []
        super().__init__()

    async def _serve(self, sandbox: Sandbox) -> int:
        return await sandbox.serve_bot_api(port=self.port, token=self.token)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Messages as they stand now, edited ones in their last text, in the order in which they were sent."""
        return [
            {
                "chat_id": chat,
                "message_id": number,
                "text": message.get("text", message.get("caption", "")),
                "keyboard": message["reply_markup"].get("inline_keyboard", []),
                **{kind: message[kind] for kind in ("photo", "document") if kind in message},
            }
            for (chat, number), message in sorted(self.inbox.messages.items(), key=lambda item: item[0][1])
        ]

    def answers(
        self,
        status: int,
        description: str = "",
        *,
        retry_after: int | None = None,
        migrate_to: int | None = None,
        times: int = 1,
        chat: int | None = None,
        method: str = "",
    ) -> None:
        """Answer with an error of Telegram's; to calls that send, or to ``method`` only."""
        parameters = {"retry_after": retry_after, "migrate_to_chat_id": migrate_to}
        given = {name: value for name, value in parameters.items() if value is not None}
        if not description:
            description = f"Too Many Requests: retry after {retry_after}" if status == 429 else f"Error {status}"
        self._add(CallFault(status, description, given), times, chat, method)

    def gateway(
        self,
        status: int,
        page: bytes = b"<h1>Bad gateway</h1>",
        *,
        times: int = 1,
        chat: int | None = None,
        method: str = "",
    ) -> None:
        """Answer with a page that is not Telegram's."""
        self._add(CallFault(status, page=page), times, chat, method)

    def drops(self, *, times: int = 1, chat: int | None = None, kept: bool = False, method: str = "") -> None:
        """Break the line once a call was read; ``kept``: after it was carried out."""
        self._add(CallFault(kept=kept), times, chat, method)

    def falls_silent(self, *, times: int = 1, chat: int | None = None, kept: bool = False, method: str = "") -> None:
        """Never answer."""
        self._add(CallFault(silent=True, kept=kept), times, chat, method)

    def _add(self, fault: CallFault, times: int, chat: int | None, method: str) -> None:
        methods = {method.lower()} if method else SENDING
        self._script.add(fault, times=times, fits=lambda called, whom: called in methods and chat in {None, whom})

    def of(self, method: str, chat: int | None) -> CallFault | None:
        self.calls.append((method, chat))
        return self._script.next(method, chat)

    def blocks(self, chat: int) -> None:
        """The person blocks the bot; it is told."""
        self.inbox.states[chat] = SandboxChat.State.BLOCKED
        self.inbox.add_update(updates.membership(chat=chat, blocked=True))

    def unblocks(self, chat: int) -> None:
        """The person lets the bot in again; it is told."""
        self.inbox.states[chat] = SandboxChat.State.OPEN
        self.inbox.add_update(updates.membership(chat=chat, blocked=False))

    def deletes(self, chat: int) -> None:
        """The person's account is gone."""
        self.inbox.states[chat] = SandboxChat.State.DELETED

    def writes(self, chat: int, text: str, *, language: str = "en", name: str = "Phone") -> int:
        """The person writes to the bot; returns the update's number."""
        return self.inbox.add_update(updates.written(chat=chat, text=text, language=language, name=name))

    def presses(self, chat: int, data: str, *, message: int, language: str = "en", name: str = "Phone") -> int:
        """The person presses a button under a message of the bot; returns the update's number."""
        kept = self.inbox.messages.get((chat, message), {})
        return self.inbox.add_update(
            updates.pressed(
                chat=chat, message=message, data=data, text=kept.get("text", ""), language=language, name=name
            )
        )
