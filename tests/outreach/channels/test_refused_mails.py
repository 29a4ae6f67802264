"""Refusals of the site's own mails: which of them say that nobody is at the address."""

import smtplib

import pytest
from anymail.exceptions import AnymailRecipientsRefused

from outreach.channels.refused_mails import nobody_is_there


@pytest.mark.parametrize(
    ("error", "dead"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"5.1.1 No such user")}), True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"\xff no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"5.7.1 Listed")}), False),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"Relay denied")}), False),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (451, b"4.2.1 Later")}), False),
        (smtplib.SMTPRecipientsRefused({}), False),
        (smtplib.SMTPDataError(550, b"5.1.1 No such user"), True),
        (smtplib.SMTPDataError(554, b"5.6.0 Spam"), False),
        (smtplib.SMTPSenderRefused(550, b"5.1.8 Bad sender", "us@example.org"), False),
        (smtplib.SMTPServerDisconnected(), False),
        (AnymailRecipientsRefused(), True),
        (ValueError("broken"), False),
    ],
)
def test_a_refusal_is_read_as_one_of_a_broadcast(error, dead):
    assert nobody_is_there(error) is dead
