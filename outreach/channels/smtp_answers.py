"""What a mail server's refusal means, by the step at which it came (RFC 5321, enhanced codes of RFC 3463).

A server refuses a receiver for three reasons: there is no such mailbox (the address is dead), the mailbox can't take
mail now, or a policy stands against it. The second and third are tried again: a person does not lose a subscription
because of a full mailbox, a block list, or what is wrong with the sender. Many servers say it in words alone.
"""

import re
from enum import StrEnum

from .failures import AddressDead, ChannelError, ChannelRefused, MessageRejected, TryLater, without_addresses


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

_ENHANCED = re.compile(r"(?<![\d.])[245]\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")

_RELAYING = re.compile(
    r"\brelay(ing)? (access )?(is )?(denied|not|prohibited)"
    r"|\b(unable|not permitted|not allowed|required) (to|for) relay"
    r"|\b(do not|don't|does not|doesn't|won't|cannot|can't) relay"
)
"""The server takes no mail of ours for others. One whose table of relayed domains lacks a user says something else."""
_SENDER = re.compile(
    r"\b(sender|mail from|from address)\b( address| domain)? (rejected|refused|denied|verif|is )|envelope sender"
    r"|\byour (account|domain|ip|host|server|message|mail|sender)\b"
)
_NOBODY = re.compile(
    r"\bno such (user|person|mailbox|address|recipient|account|domain)"
    r"|\b(unknown|invalid) (local )?(user|mailbox|address|recipient)"
    r"|\b(user|mailbox|recipient|account|address)\b[^,;:]{0,40}?"
    r"\b(unknown|unavailable|not found|not exist|doesn't exist|disabled|inactive|suspended|closed|invalid|not a known)"
    r"|\brecipient( address)? rejected|\bunrouteable"
)
_POLICY = re.compile(
    r"\b(sender|helo|ehlo|auth|unauth|not allowed|not permitted|prohibit|administrative prohibition|polic|block"
    r"|blacklist|black list|listed|spam|spf|dkim|dmarc|reputation|banned|limit|quota|exceed|full|too many|too much|rate"
    r"|denied|reverse dns|rdns|ptr)"
)
"""How words begin that tell of the sender, of a limit or of a list; where nobody is missing, they are why."""


def failure(step: Step, code: int, answer: str) -> ChannelError:
    """The failure behind a reply that was not the hoped-for one; ``code`` is -1 where the reply was no SMTP."""
    detail = f"{code} {answer}" if code > 0 else "The mail server's answer can't be read."
    found = _ENHANCED.search(answer)
    subject, part = (int(found[1]), int(found[2])) if found else (-1, -1)
    if code == GOING_AWAY:
        # One receiver's server may have said it to the one that we speak to. If that goes away itself, it says so to
        # whoever comes next.
        return TryLater(detail, everyone=step in {Step.CONNECT, Step.SENDER})
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
    words = without_addresses(detail).lower()
    if (subject, part) in {(1, 7), (1, 8)} or _RELAYING.search(words):
        return ChannelRefused(detail)
    if subject in {3, 7} or (subject, part) in {(2, 2), (2, 3)} or _SENDER.search(words):
        # Some give the code of a fault of their own, and say in words that nobody is there.
        return (
            AddressDead(detail) if subject == 3 and code in NO_MAILBOX and _NOBODY.search(words) else TryLater(detail)
        )
    if (subject in {-1, 4, 5} or (subject, part) == (1, 0)) and _POLICY.search(words) and not _NOBODY.search(words):
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
