"""Reads the bounce mailbox: what a mail reports is in the ledger before the mail goes."""

import logging
import poplib
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from imapclient.exceptions import IMAPClientError

from outreach.delivery import reports

from .imap import ImapMailbox
from .parsing import Sort, read
from .pop import PopMailbox

logger = logging.getLogger(__name__)

MOST = 2000
"""Mails in one round."""


class Mailbox(Protocol):
    """An open mailbox. Its methods raise ``OSError`` and what its library raises."""

    def mails(self, *, most: int) -> Iterator[list[tuple[int, bytes]]]:
        """Some mails at a time, each with its number."""

    def settle(self, *, done: Collection[int], left: Collection[int]) -> None:
        """Part with what was read."""

    def close(self) -> None:
        """Sign out."""

    def abandon(self) -> None:
        """Let the line go after a failure."""


def collect(*, url: str, now: datetime) -> Counter[str]:
    """Read what lies in the mailbox at ``url``; how many mails there were of each sort, and ``ours`` among them.

    A server that is away or refuses us is logged, without its answer, and asked again the next time.
    """
    counts: Counter[str] = Counter()
    try:
        mailbox = _open(url)
    except (OSError, IMAPClientError, poplib.error_proto) as error:
        logger.warning("the bounce mailbox can't be opened (%s)", type(error).__name__)
        return counts
    try:
        for mails in mailbox.mails(most=MOST):
            _carry_out(mails, mailbox, counts, now)
        mailbox.close()
    except (OSError, IMAPClientError, poplib.error_proto) as error:
        logger.warning("the bounce mailbox broke off (%s)", type(error).__name__)
        mailbox.abandon()
    except BaseException:
        mailbox.abandon()
        raise
    if counts:
        logger.info("bounce mailbox: %s", ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    return counts


def _open(url: str) -> Mailbox:
    address = urlsplit(url)
    return ImapMailbox(address) if address.scheme in {"imap", "imaps"} else PopMailbox(address)


def _carry_out(mails: list[tuple[int, bytes]], mailbox: Mailbox, counts: Counter[str], now: datetime) -> None:
    readings = {number: read(content, now=now) for number, content in mails}
    told = [report for reading in readings.values() for report in reading.reports]
    counts["ours"] += reports.take(reports=told, now=now)
    counts.update(reading.sort.value for reading in readings.values())
    left = {number for number, reading in readings.items() if reading.sort == Sort.OTHER}
    mailbox.settle(done=readings.keys() - left, left=left)
