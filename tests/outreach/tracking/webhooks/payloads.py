"""What providers post, in the shapes that their documentation shows; each function is one event of one provider.

``what`` is delivered, delayed, hard, soft or complaint; ``number`` is the person's, ``meta`` what was sent along.
"""

import hashlib
import hmac
import json
from typing import Any

AT = 1_790_865_000
"""2026-10-01 14:30 UTC, half an hour after the broadcast began."""


def address(number: int) -> str:
    return f"Person{number}@example.org"


def brevo(what: str, number: int, meta: dict[str, str]) -> Any:
    """https://developers.brevo.com/docs/transactional-webhooks"""
    event = {"delayed": "deferred", "hard": "hard_bounce", "soft": "soft_bounce", "complaint": "spam"}.get(what, what)
    return {
        "event": event,
        "email": address(number),
        "id": 26224,
        "date": "2026-10-01 14:30:00",
        "ts": AT,
        "message-id": "<202610011430.1@smtp-relay.mailin.fr>",
        "ts_event": AT,
        "ts_epoch": AT * 1000,
        "subject": "Subject en",
        "X-Mailin-custom": json.dumps(meta),
        "sending_ip": "185.41.28.109",
        "reason": {"hard": "550 5.1.1 User unknown", "soft": "452 4.2.2 Over quota"}.get(what, "sent"),
    }


def mailgun(what: str, number: int, meta: dict[str, str]) -> Any:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks"""
    event = {"delayed": "failed", "hard": "failed", "soft": "failed", "complaint": "complained"}.get(what, what)
    severity = {"hard": "permanent", "soft": "temporary", "delayed": "temporary"}.get(what)
    token = "50-characters-of-a-token"
    signature = hmac.new(b"signing-key", f"{AT}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": str(AT), "token": token, "signature": signature},
        "event-data": {
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": float(AT),
            "event": event,
            **({"severity": severity, "reason": "bounce" if what == "hard" else "generic"} if severity else {}),
            "recipient": address(number),
            "delivery-status": {"code": 605, "message": "Not delivering to previously bounced address"},
            "message": {"headers": {"to": address(number), "message-id": "202610011430.1@mg.example.org"}},
            "user-variables": meta,
            "tags": [],
        },
    }


def postmark(what: str, number: int, meta: dict[str, str]) -> Any:
    """https://postmarkapp.com/developer/webhooks/bounce-webhook"""
    kinds = {"hard": "HardBounce", "soft": "SoftBounce", "delayed": "Transient", "complaint": "SpamComplaint"}
    record = {"delivered": "Delivery", "complaint": "SpamComplaint"}.get(what, "Bounce")
    named = {"Recipient": address(number), "DeliveredAt": "2026-10-01T14:30:00Z"}
    if what != "delivered":
        named = {"Email": address(number), "BouncedAt": "2026-10-01T14:30:00Z", "Type": kinds[what]}
    return {
        "RecordType": record,
        "ID": 42,
        "MessageID": "00000000-0000-0000-0000-000000000001",
        "Details": "Test bounce details",
        "Metadata": meta,
        "Tag": "",
        **named,
    }


def sendgrid(what: str, number: int, meta: dict[str, str]) -> Any:
    """https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event"""
    event = {"delayed": "deferred", "hard": "bounce", "soft": "bounce", "complaint": "spamreport"}.get(what, what)
    kind = {"hard": {"type": "bounce", "reason": "500 unknown recipient"}, "soft": {"type": "blocked"}}.get(what, {})
    return [
        {
            "email": address(number),
            "timestamp": AT,
            "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
            "event": event,
            "category": [],
            "sg_event_id": "sg-1",
            "sg_message_id": "14c5d75ce93.dfd.64b469",
            "anymail_id": "7cbb5f0c",
            **kind,
            **meta,
        }
    ]


def mailjet(what: str, number: int, meta: dict[str, str]) -> Any:
    """https://dev.mailjet.com/email/guides/webhooks/"""
    event = {"delivered": "sent", "hard": "bounce", "soft": "bounce", "delayed": "bounce", "complaint": "spam"}[what]
    errors = {
        "hard": {"blocked": False, "hard_bounce": True, "error_related_to": "recipient", "error": "user unknown"},
        "soft": {"blocked": False, "hard_bounce": False, "error_related_to": "recipient", "error": "quota exceeded"},
        "delayed": {"blocked": False, "hard_bounce": False, "error_related_to": "domain", "error": "greylisted"},
    }
    return [
        {
            "event": event,
            "time": AT,
            "MessageID": 19421777835146490,
            "email": address(number),
            "mj_campaign_id": 7257,
            "CustomID": "",
            "Payload": json.dumps(meta),
            **errors.get(what, {}),
        }
    ]


def sparkpost(what: str, number: int, meta: dict[str, str]) -> Any:
    """https://developers.sparkpost.com/api/webhooks/"""
    kind = {"delivered": "delivery", "delayed": "delay", "complaint": "spam_complaint"}.get(what, "bounce")
    classes = {"hard": "10", "soft": "22"}
    return [
        {
            "msys": {
                "message_event": {
                    "type": kind,
                    "timestamp": str(AT),
                    "transmission_id": "65832150921904138",
                    "message_id": "000443ee14578172be22",
                    "raw_rcpt_to": address(number),
                    "rcpt_to": address(number).lower(),
                    "rcpt_meta": meta,
                    **({"bounce_class": classes[what], "raw_reason": "reason"} if what in classes else {}),
                }
            }
        }
    ]


def resend(what: str, number: int, meta: dict[str, str]) -> Any:
    """https://resend.com/docs/dashboard/webhooks/event-types"""
    event = {"delayed": "delivery_delayed", "hard": "bounced", "soft": "bounced", "complaint": "complained"}
    told = "The recipient's email provider sent a bounce message."
    bounce = {"hard": {"type": "Permanent", "message": told}, "soft": {"type": "Transient", "message": told}}
    return {
        "type": f"email.{event.get(what, what)}",
        "created_at": "2026-10-01T14:30:00.000Z",
        "data": {
            "created_at": "2026-10-01T14:00:00.000Z",
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "to": [address(number)],
            "headers": [{"name": "X-Metadata", "value": json.dumps(meta)}],
            **({"bounce": bounce[what]} if what in bounce else {}),
        },
    }


def mailersend(what: str, number: int, _meta: dict[str, str], *, provider_id: str) -> Any:
    """https://developers.mailersend.com/api/v1/webhooks.html; it says nothing back of what was sent along"""
    kind = {"hard": "hard_bounced", "soft": "soft_bounced", "complaint": "spam_complaint"}.get(what, what)
    return {
        "type": f"activity.{kind}",
        "created_at": "2026-10-01T14:30:00.000000Z",
        "data": {
            "type": kind,
            "id": "63e5d0a5",
            "created_at": "2026-10-01T14:30:00.000000Z",
            "email": {"message": {"id": provider_id}, "recipient": {"email": address(number)}, "tags": None},
            "morph": {"object": "recipient_bounce", "reason": "mailbox"} if what in {"hard", "soft"} else None,
        },
    }


PROVIDERS = {each.__name__: each for each in (brevo, mailgun, postmark, sendgrid, mailjet, sparkpost, resend)}
