"""A bounce mailbox that is read over IMAP."""

import ssl
from collections.abc import Collection, Iterator
from urllib.parse import SplitResult, unquote

from imapclient import DELETED, FLAGGED, IMAPClient, SocketTimeout

from .parsing import LARGEST

CONNECT_SECONDS, ANSWER_SECONDS = 10, 30
AT_ONCE = 20
"""Mails that are fetched together: five megabytes at most."""


class ImapMailbox:
    """A folder, the inbox if the address names none; what a person should look at is flagged and stays."""

    def __init__(self, address: SplitResult) -> None:
        is_safe = address.scheme == "imaps"
        self._client = IMAPClient(
            address.hostname,
            port=address.port or (993 if is_safe else 143),
            ssl=is_safe,
            ssl_context=ssl.create_default_context() if is_safe else None,
            timeout=SocketTimeout(CONNECT_SECONDS, ANSWER_SECONDS),
        )
        try:
            self._client.login(unquote(address.username or ""), unquote(address.password or ""))
            self._client.select_folder(unquote(address.path.strip("/")) or "INBOX")
        except Exception:
            self._client.shutdown()
            raise

    def mails(self, *, most: int) -> Iterator[list[tuple[int, bytes]]]:
        """Some mails at a time, each with its number: the oldest, of each no more than its beginning."""
        numbers = sorted(self._client.search(["UNDELETED", "UNFLAGGED"]))[:most]
        for start in range(0, len(numbers), AT_ONCE):
            fetched = self._client.fetch(numbers[start : start + AT_ONCE], [f"BODY.PEEK[]<0.{LARGEST}>"])
            yield [(number, _content(parts)) for number, parts in sorted(fetched.items())]

    def settle(self, *, done: Collection[int], left: Collection[int]) -> None:
        """Remove what is ``done``, and flag what is ``left`` for a person."""
        if left:
            self._client.add_flags(list(left), [FLAGGED], silent=True)
        if done:
            self._client.add_flags(list(done), [DELETED], silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(list(done))
            else:
                self._client.expunge()

    def close(self) -> None:
        """Sign out."""
        self._client.logout()

    def abandon(self) -> None:
        """Let the line go after a failure."""
        self._client.shutdown()


def _content(parts: dict[bytes, object]) -> bytes:
    found = next((value for name, value in parts.items() if name.startswith(b"BODY[]")), b"")
    return found if isinstance(found, bytes) else b""
