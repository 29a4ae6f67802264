"""What providers post that sign their reports, or send them in another form than plain JSON, as they document it.

``what`` is delivered, delayed, hard, soft or complaint; ``number`` is the person's, ``meta`` what was sent along, and
``provider_id`` the number under which the provider speaks of a message.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .payloads import AT, address

AT_ISO = "2026-10-01T14:30:00.000Z"
Meta = dict[str, str]


@dataclass(frozen=True)
class Post:
    """One request: its body and the headers that go with it."""

    content: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def amazon_ses(what: str, number: int, meta: Meta, _provider_id: str, *, known: bool = True) -> Post:
    """https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html, in an envelope"""
    receiver = {"emailAddress": address(number), "action": "failed", "status": "5.1.1"}
    bounce = {"feedbackId": "0100017c-0000", "timestamp": AT_ISO, "reportingMTA": "dns; a8-1.smtp-out.amazonses.com"}
    told = {
        "delivered": ("Delivery", {"recipients": [address(number)], "smtpResponse": "250 2.6.0 Message received"}),
        "hard": (
            "Bounce",
            {
                **bounce,
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{**receiver, "diagnosticCode": "smtp; 550 5.1.1 user unknown"}],
            },
        ),
        "soft": (
            "Bounce",
            {
                **bounce,
                "bounceType": "Transient",
                "bounceSubType": "MailboxFull",
                "bouncedRecipients": [{**receiver, "status": "4.2.2", "diagnosticCode": "smtp; 452 4.2.2 Over quota"}],
            },
        ),
        "complaint": (
            "Complaint",
            {
                "complainedRecipients": [{"emailAddress": address(number)}],
                "complaintFeedbackType": "abuse",
                "userAgent": "Amazon SES Mailbox Simulator",
                "arrivalDate": AT_ISO,
            },
        ),
    }
    kind, details = told[what]
    event = {
        "eventType": kind,
        "mail": {
            "timestamp": AT_ISO,
            "source": "campaign@example.org",
            "messageId": "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
            "destination": [address(number)],
            "headersTruncated": False,
            "headers": [
                {"name": "To", "value": address(number)},
                {"name": "X-Metadata", "value": json.dumps(meta)},
            ],
        },
        kind.lower(): details,
    }
    identity = "19ba9823-d7f2-53c1-860e-cb10e0d13dfc"
    body = {
        "Type": "Notification",
        "MessageId": identity,
        "TopicArn": "arn:aws:sns:us-east-1:1234567890:campaign",
        "Subject": "Amazon SES Email Event Notification",
        "Message": json.dumps(event),
        "Timestamp": AT_ISO,
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-12345abcde.pem",
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
    }
    headers = {
        "X-Amz-Sns-Message-Type": "Notification",
        "X-Amz-Sns-Message-Id": identity if known else "another",
    }
    return Post(json.dumps(body).encode(), headers, "text/plain; charset=UTF-8")


MANDRILL_KEY = "mandrill-webhook-key"


def mandrill(what: str, number: int, meta: Meta, _provider_id: str, *, known: bool = True) -> Post:
    """https://mailchimp.com/developer/transactional/docs/webhooks/, signed over the address with its secret"""
    from .conftest import SECRET

    event = {"delivered": "send", "delayed": "deferral", "hard": "hard_bounce", "soft": "soft_bounce"}
    message = {
        "ts": AT,
        "_id": "exampleaaaaaaaaaaaaaaaaaaaaaaaaa",
        "_version": "exampleaaaaaaaaaaaaaaa",
        "state": {"hard": "bounced", "soft": "soft-bounced", "complaint": "spam"}.get(what, "sent"),
        "subject": "Subject en",
        "email": address(number),
        "sender": "campaign@example.org",
        "tags": [],
        "metadata": meta,
    }
    told = {"hard": ("bad_mailbox", "smtp;550 5.1.1 User unknown"), "soft": ("mailbox_full", "smtp;552 5.2.2 Full")}
    if what in told:
        description, diagnosis = told[what]
        message |= {"bounce_description": description, "bgtools_code": 10, "diag": diagnosis}
    events = [{"event": event.get(what, "spam"), "_id": message["_id"], "ts": AT, "msg": message}]
    text = json.dumps(events)
    key = MANDRILL_KEY if known else "another"
    url = f"http://{SECRET}@testserver/anymail/mandrill/tracking/"
    digest = hmac.new(key.encode(), f"{url}mandrill_events{text}".encode(), hashlib.sha1).digest()
    headers = {"X-Mandrill-Signature": base64.b64encode(digest).decode()}
    return Post(urlencode({"mandrill_events": text}).encode(), headers, "application/x-www-form-urlencoded")


@cache
def postal_key(*, known: bool) -> rsa.RSAPrivateKey:
    """The key of the Postal server, or of somebody else."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def postal_public_key() -> str:
    """As Postal tells it: the middle of a PEM."""
    pem = (
        postal_key(known=True)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return "".join(pem.decode().splitlines()[1:-1])


def postal(what: str, number: int, _meta: Meta, provider_id: str, *, known: bool = True) -> Post:
    """https://docs.postalserver.io/developer/webhooks; it says nothing back, and tells of no complaints"""
    message = {
        "id": int(provider_id),
        "token": "rC2HvrvXzvqyEwRB",
        "direction": "outgoing",
        "message_id": "5817a64332f44_4ec93ff59e79d154565eb@postal.example.org",
        "to": address(number),
        "from": "campaign@example.org",
        "subject": "Subject en",
        "timestamp": float(AT),
        "spam_status": "NotChecked",
        "tag": None,
    }
    if what == "hard":
        event = "MessageBounced"
        payload = {
            "original_message": message,
            "bounce": {
                **message,
                "id": 12347,
                "direction": "incoming",
                "to": "abcde@psrp.postal.example.org",
                "from": "postmaster@example.org",
                "subject": "Delivery Error",
            },
        }
    else:
        event, status = {"delivered": ("MessageSent", "Sent"), "delayed": ("MessageDelayed", "SoftFail")}.get(
            what, ("MessageDeliveryFailed", "HardFail")
        )
        payload = {
            "status": status,
            "details": "Message sent by SMTP to mx.example.org",
            "output": "250 2.0.0 OK" if status == "Sent" else "452 4.2.2 Over quota",
            "time": 0.22,
            "sent_with_ssl": True,
            "timestamp": float(AT),
            "message": message,
        }
    content = json.dumps(
        {"event": event, "timestamp": float(AT), "uuid": "0fcc8dc1-e3b5-4f2f-8b65-6d7b1f1f4d2b", "payload": payload}
    ).encode()
    signature = postal_key(known=known).sign(content, padding.PKCS1v15(), hashes.SHA1())
    return Post(content, {"X-Postal-Signature": base64.b64encode(signature).decode()})


MAILTRAP_KEY = "mailtrap-signing-secret"


def mailtrap(what: str, number: int, meta: Meta, _provider_id: str, *, known: bool = True) -> Post:
    """https://docs.mailtrap.io/email-api-smtp/advanced/webhooks"""
    event = {"delivered": "delivery", "delayed": "soft bounce", "hard": "bounce", "complaint": "spam"}[what]
    told = {"hard": ("550 5.1.1 user unknown", 550, "badmailbox"), "delayed": ("452 4.2.2 full", 452, "quota")}
    details = {}
    if what in told:
        response, code, category = told[what]
        details = {"response": response, "response_code": code, "bounce_category": category, "reason": response}
    content = json.dumps(
        {
            "events": [
                {
                    "event": event,
                    "message_id": "2df37d17-0286-4d8b-8edf-bc4ec5be86e6",
                    "sending_stream": "bulk",
                    "email": address(number),
                    "timestamp": AT,
                    "event_id": "bede7236-2284-43d6-a953-1fdcafd0fdbc",
                    "category": "Campaign",
                    "custom_variables": meta,
                    **details,
                }
            ]
        }
    ).encode()
    key = MAILTRAP_KEY if known else "another"
    return Post(content, {"Mailtrap-Signature": hmac.new(key.encode(), content, hashlib.sha256).hexdigest()})


UNISENDER_GO_KEY = "unisender-go-api-key"


def unisender_go(what: str, number: int, meta: Meta, _provider_id: str, *, known: bool = True) -> Post:
    """https://godocs.unisender.ru/web-api-ref#callback-format; the sum is over the body with the key in its place"""
    status = {"hard": "hard_bounced", "delayed": "soft_bounced", "complaint": "spam"}.get(what, what)
    told = {
        "hard": {"delivery_status": "err_user_unknown", "destination_response": "550 5.1.1 User unknown"},
        "delayed": {"delivery_status": "err_will_retry", "destination_response": "451 4.7.1 Greylisted"},
        # The provider gave up after a soft bounce: it is told as a hard one, with a reason that is not for good.
        "soft": {"delivery_status": "err_mailbox_full", "destination_response": "552 5.2.2 Over quota"},
    }
    if what == "soft":
        status = "hard_bounced"
    key = UNISENDER_GO_KEY if known else "another"
    event = {
        "event_name": "transactional_email_status",
        "event_data": {
            "job_id": "1ZymBc-00041N-9X",
            "metadata": {**meta, "anymail_id": "c5f7bb1c-0000-4d2b-8c34-6bf0f5b8bb5c"},
            "email": address(number),
            "status": status,
            "event_time": "2026-10-01 14:30:00",
            "delivery_info": told.get(what, {}),
        },
    }
    body = json.dumps({"auth": "AUTH", "events_by_user": [{"user_id": 456, "project_id": "42", "events": [event]}]})
    digest = hashlib.md5(body.replace("AUTH", key).encode()).hexdigest()
    return Post(body.replace("AUTH", digest).encode())


SIGNED: dict[str, Callable[..., Post]] = {
    each.__name__: each for each in (amazon_ses, mandrill, postal, mailtrap, unisender_go)
}
TELLS = {
    "amazon_ses": {"delivered", "hard", "soft", "complaint"},
    "mandrill": {"delivered", "delayed", "hard", "soft", "complaint"},
    "postal": {"delivered", "delayed", "hard"},
    "mailtrap": {"delivered", "delayed", "hard", "complaint"},
    "unisender_go": {"delivered", "delayed", "hard", "soft", "complaint"},
}
"""What each has a report for."""
