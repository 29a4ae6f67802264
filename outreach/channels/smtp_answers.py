"""What a mail server's refusal means, by the step at which it came (RFC 5321, enhanced codes of RFC 3463).

A server refuses a receiver for three reasons: there is no such mailbox (the address is dead), the mailbox can't take
mail now, or a policy of the receiver's stands against it. The second and third are tried again: a person does not lose
a subscription because of a full mailbox or a block list.
"""

import re
from enum import StrEnum

from .failures import AddressDead, ChannelError, ChannelRefused, MessageRejected, TryLater


class Step(StrEnum):
    """The steps of one mail that a server answers."""

    CONNECT = "connect"
    SENDER = "sender"
    RECEIVER = "receiver"
    DATA = "data"
    END = "end"
    RESET = "reset"


NO_MAILBOX = {501, 550, 551, 553, 556}
SIGN_IN_FIRST = {530, 534, 535, 538}
GOING_AWAY, BAD_SEQUENCE = 421, 503

_ENHANCED = re.compile(r"\b[245]\.(\d{1,3})\.(\d{1,3})\b")


def failure(step: Step, code: int, answer: str) -> ChannelError:
    """The failure behind a reply that was not the hoped-for one; ``code`` is -1 where the reply was no SMTP."""
    detail = f"{code} {answer}" if code > 0 else "The mail server's answer can't be read."
    found = _ENHANCED.search(answer)
    subject, part = (int(found[1]), int(found[2])) if found else (-1, -1)
    if code == GOING_AWAY:
        return TryLater(detail, everyone=True)
    if code < 500:
        return TryLater(detail, everyone=step == Step.CONNECT)
    if code in SIGN_IN_FIRST or step == Step.CONNECT:
        return ChannelRefused(detail)
    if step == Step.SENDER:
        return MessageRejected(detail) if code == 552 or (subject, part) == (3, 4) else ChannelRefused(detail)
    if step == Step.RECEIVER:
        return _receiver_refused(code, subject, part, detail)
    return _message_refused(code, subject, part, detail)


def _receiver_refused(code: int, subject: int, part: int, detail: str) -> ChannelError:
    if "relay" in detail.lower() or (subject, part) in {(1, 7), (1, 8)}:
        return ChannelRefused(detail)
    if subject in {3, 7} or (subject, part) in {(2, 2), (2, 3)}:
        return TryLater(detail)
    if code in NO_MAILBOX or subject in {1, 2}:
        return AddressDead(detail)
    return TryLater(detail)


def _message_refused(code: int, subject: int, part: int, detail: str) -> ChannelError:
    if (subject, part) == (2, 2):
        return TryLater(detail)
    if (subject == 1 and part not in {7, 8}) or (subject, part) == (2, 1):
        return AddressDead(detail)
    if code == BAD_SEQUENCE:
        return TryLater(detail)
    return MessageRejected(detail)
