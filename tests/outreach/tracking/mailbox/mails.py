"""Mails that come to a bounce mailbox, in the forms in which servers write them."""

from email.message import EmailMessage

RETURNED = """Message-ID: <{named}>
From: Campaign <campaign@example.org>
To: {to}
Subject: Subject en

Hello
"""


def status_report(
    *, named: str, to: str, action: str = "failed", status: str = "5.1.1", diagnostic: str = "550 5.1.1 User unknown"
) -> bytes:
    """A delivery status as Postfix writes it (RFC 3464)."""
    return f"""Return-Path: <>
Date: Thu, 1 Oct 2026 14:30:00 +0000 (UTC)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="A/mx"

--A/mx
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--A/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Thu, 1 Oct 2026 14:29:58 +0000 (UTC)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--A/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{RETURNED.format(named=named, to=to)}
--A/mx--
""".replace("\n", "\r\n").encode()


def complaint(*, named: str, kind: str = "abuse") -> bytes:
    """A feedback report (RFC 5965) in which the provider blacked out who complains."""
    return f"""From: <abusedesk@provider.example>
Date: Thu, 1 Oct 2026 17:40:36 +0000
Subject: FW: Subject en
To: bounces@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: redacted-17@provider.example

--part1
Content-Type: message/rfc822
Content-Disposition: inline

{RETURNED.format(named=named, to="redacted-17@provider.example")}
--part1--
""".replace("\n", "\r\n").encode()


def qmail(*, named: str, to: str) -> bytes:
    """As qmail has written it for thirty years, in words only."""
    return f"""From: MAILER-DAEMON@qmail.example
To: bounces@example.org
Subject: failure notice

Hi. This is the qmail-send program at qmail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{RETURNED.format(named=named, to=to)}
""".replace("\n", "\r\n").encode()


def away(*, named: str, to: str) -> bytes:
    """Somebody is on holiday."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = to, "bounces@example.org", "Automatic reply: I am away"
    mail["Auto-Submitted"], mail["In-Reply-To"] = "auto-replied (vacation)", f"<{named}>"
    mail.set_content("I am away until Monday. If the mailbox is full, undeliverable or unknown, write again.")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def letter() -> bytes:
    """A person wrote."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ana@example.org", "bounces@example.org", "A question"
    mail.set_content("Good morning, where is the clinic?")
    return mail.as_bytes().replace(b"\n", b"\r\n")
