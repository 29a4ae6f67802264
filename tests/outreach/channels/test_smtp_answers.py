"""What mail servers say in the wild, and whose fault it is."""

import pytest

from outreach.channels.failures import AddressDead, ChannelRefused, TryLater
from outreach.channels.smtp_answers import Step, failure

NOBODY_IS_THERE = [
    "550 No such user here",
    "550 5.1.1 The email account that you tried to reach does not exist.",
    "550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown in relay recipient table",
    "550 5.1.1 <ana@relay.example>: Recipient address rejected: User unknown in local recipient table",
    "550 Requested action not taken: mailbox unavailable",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "550 Unrouteable address",
    "550 Verification failed: Unrouteable address",
    "550 unknown user <sender@example.org>",
    "553 5.3.0 <ana@example.org>... No such user",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "551 User not local",
    "550 Account ana is not a known user on this system",
    "501 5.1.3 Bad recipient address syntax",
]
WE_MAY_NOT = [
    "554 5.7.1 <ana@example.org>: Relay access denied",
    "550 5.7.1 Unable to relay",
    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
    "550 relay not permitted",
    "550 5.7.1 <ana@example.org>... Relaying denied",
    "550 5.7.1 Relaying not allowed",
    "550 we do not relay",
    "553 5.1.8 Sender address does not exist",
    "550 Authentication is required for relay",
]
NOT_NOW = [
    "550 Sender verify failed",
    "550-Verification failed for <campaign@example.org> 550 Sender verify failed",
    "550 5.1.0 <campaign@example.org>: Sender address rejected: User unknown in virtual mailbox table",
    "553 sorry, your envelope sender is in my badmailfrom list",
    "550 Administrative prohibition",
    "550 Domain example.org has exceeded the max emails per hour (500/500) allowed. Message discarded.",
    "550 rejected because 192.0.2.1 is in a black list at zen.spamhaus.org",
    "550 Service unavailable; Client host [192.0.2.1] blocked using bl.example",
    "550 authentication required",
    "550 5.4.5 Daily user sending limit exceeded",
    "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
    "550 SPF check failed",
    "550 Too many messages",
    "550 Your account has been suspended",
    "550 Mailbox quota exceeded",
    "550 5.7.1 Blocked by our list",
    "552 5.2.2 Mailbox full",
]


def read(step: Step, answer: str) -> Exception:
    return failure(step, int(answer[:3]), answer[4:])


@pytest.mark.parametrize("answer", NOBODY_IS_THERE)
def test_an_address_is_dead_where_nobody_is_there(answer):
    assert type(read(Step.RECEIVER, answer)) is AddressDead


@pytest.mark.parametrize("answer", WE_MAY_NOT)
def test_the_channel_is_refused_where_the_server_is_not_ours_to_use(answer):
    assert type(read(Step.RECEIVER, answer)) is ChannelRefused


@pytest.mark.parametrize("answer", NOT_NOW)
def test_nobody_loses_a_subscription_for_what_a_server_holds_against_the_sender(answer):
    assert type(read(Step.RECEIVER, answer)) is TryLater


@pytest.mark.parametrize(
    ("step", "everyone"),
    [(Step.CONNECT, True), (Step.SENDER, True), (Step.RECEIVER, False), (Step.DATA, False), (Step.END, False)],
)
def test_a_server_that_goes_away_at_one_receiver_does_not_make_everybody_wait(step, everyone):
    found = read(step, "421 4.3.2 Service not available")

    assert isinstance(found, TryLater)
    assert found.everyone is everyone
