"""A bounce mailbox that is read over POP, which has no flags: what was read is removed, whatever it was."""

import poplib
import ssl
from collections.abc import Collection, Iterator
from contextlib import suppress
from urllib.parse import SplitResult, unquote

from .parsing import LARGEST

SECONDS = 30
LARGEST_WHOLE = 1024 * 1024
"""Of a larger mail only the first lines are asked for."""
FIRST_LINES = 500
AT_ONCE = 20


class PopMailbox:
    """All mails of an account."""

    def __init__(self, address: SplitResult) -> None:
        self._address = address
        self._client = self._signed_in()

    def _signed_in(self) -> poplib.POP3:
        host, is_safe = self._address.hostname or "", self._address.scheme == "pops"
        client = (
            poplib.POP3_SSL(host, self._address.port or 995, timeout=SECONDS, context=ssl.create_default_context())
            if is_safe
            else poplib.POP3(host, self._address.port or 110, timeout=SECONDS)
        )
        try:
            client.user(unquote(self._address.username or ""))
            client.pass_(unquote(self._address.password or ""))
        except Exception:
            client.close()
            raise
        return client

    def mails(self, *, most: int) -> Iterator[list[tuple[int, bytes]]]:
        """Some mails at a time, each with its number: the oldest, of large ones no more than the beginning."""
        listed = [line.split() for line in self._client.list()[1]][:most]
        for start in range(0, len(listed), AT_ONCE):
            yield [
                (int(number), self._content(int(number), int(size))) for number, size in listed[start : start + AT_ONCE]
            ]

    def _content(self, number: int, size: int) -> bytes:
        try:
            lines = self._client.retr(number)[1] if size <= LARGEST_WHOLE else self._client.top(number, FIRST_LINES)[1]
        except poplib.error_proto as error:
            if "line too long" in str(error):
                # Half of the line is still to come, so nothing more can be asked on this connection.
                self._remove_unread(number, size)
            raise
        return b"\r\n".join(lines)[:LARGEST]

    def _remove_unread(self, number: int, size: int) -> None:
        """Remove a mail that can't be read, or nothing behind it ever would be. Numbers stay until a session ends."""
        self._client.close()
        self._client = self._signed_in()
        if b"%d %d" % (number, size) in self._client.list()[1]:
            self._client.dele(number)
        self._client.quit()

    def settle(self, *, done: Collection[int], left: Collection[int]) -> None:
        """Remove them all, when the session ends."""
        for number in sorted({*done, *left}):
            self._client.dele(number)

    def close(self) -> None:
        """Sign out, which removes what is to be removed."""
        self._client.quit()

    def abandon(self) -> None:
        """Let the line go after a failure."""
        with suppress(OSError):
            self._client.close()
