"""One request for the mails of many receivers, for the providers that fill in each receiver's addresses themselves.

Anymail hands them over as ``merge_data``, ``merge_headers`` and ``merge_metadata``. A provider stands in
:data:`PROVIDERS` if, without a stored template,

- it fills in texts that are sent along, in plain text and in HTML,
- it takes headers for each receiver, for leaving is personal,
- it shows no receiver another one's address, and
- it takes all mails of a request or none, or else says which it took.

So these are not there: Brevo fills in stored templates only, and so do Postmark and Resend, whose batches are of one
content; Anymail hands Mandrill and MailerSend no headers for each receiver; SparkPost says how many mails it took, and
not which.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.mail import EmailMultiAlternatives

from .built import Built, LinkAddresses
from .email_message import mail
from .protocol import Outgoing

MOST_IN_ONE = 100
"""Mails in one request, though some providers take more: so many are uncertain if the line breaks before the answer."""

# Only what providers and Anymail leave as it is: Anymail looks receivers up by the encoded address.
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[a-z0-9.-]+")
_VALUE = re.compile(r"[A-Za-z0-9:/._~-]*")


@dataclass(frozen=True, slots=True)
class Provider:
    """How a provider writes what it fills in.

    ``mark`` holds ``{}`` in the place of a name. A text with ``opening`` in it is not sent in one request: the provider
    would look for a name there. ``options`` are Anymail's ``esp_extra``.
    """

    mark: str
    opening: str
    most: int = MOST_IN_ONE
    options: Mapping[str, Any] = field(default_factory=dict)


PROVIDERS: Mapping[str, Provider] = {
    # https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/batch-sending (1,000 in one request)
    "mailgun": Provider("%recipient.{}%", "%recipient"),
    # https://dev.mailjet.com/email/guides/send-api-v31/ (personalization; 50 in one request)
    "mailjet": Provider("[[var:{}]]", "[[", most=50),
    # https://www.twilio.com/docs/sendgrid/for-developers/sending-email/personalizations (substitutions; 1,000)
    "sendgrid": Provider("-slot.{}-", "-slot.", options={"merge_field_format": "-slot.{}-"}),
}
"""By the name of Anymail's module."""


def fits(outgoing: Outgoing, provider: Provider) -> bool:
    """Whether a mail can share a request with others."""
    links = outgoing.links
    return (
        _ADDRESS.fullmatch(outgoing.address) is not None
        and len(links.clicks) == len(outgoing.built.links)
        and all(_VALUE.fullmatch(each) for each in (*links.clicks, links.unsubscribe, links.open_pixel, links.trap))
        and not _holds(outgoing.built, provider.opening)
    )


def together(outgoing: Outgoing, batch: Sequence[Outgoing]) -> bool:
    """Whether a mail that fits a request can go in the same one as ``batch``: same content, another receiver."""
    first = batch[0]
    return (
        outgoing.built == first.built
        and bool(outgoing.links.open_pixel) == bool(first.links.open_pixel)
        and bool(outgoing.links.trap) == bool(first.links.trap)
        and outgoing.address.lower() not in {each.address.lower() for each in batch}
    )


def merged(batch: Sequence[Outgoing], provider: Provider) -> EmailMultiAlternatives:
    """One message of Anymail's for all receivers, each of whom gets a mail of their own."""
    first = batch[0]
    names = _values(first).keys()
    marks = {name: provider.mark.format(name) for name in names}
    blank = LinkAddresses(
        clicks=[marks[f"link{number}"] for number in range(1, len(first.built.links) + 1)],
        unsubscribe=marks["leave"],
        # The same for everybody.
        view=first.links.view,
        open_pixel=marks.get("pixel", ""),
        trap=marks.get("trap", ""),
    )
    message: Any = mail(replace(first, links=blank))
    headers, message.extra_headers = message.extra_headers, {}
    message.to = [outgoing.address for outgoing in batch]
    message.merge_data = {outgoing.address: _values(outgoing) for outgoing in batch}
    # All of them for each receiver: some providers take a receiver's headers in place of those of all.
    message.merge_headers = {
        outgoing.address: {**headers, "List-Unsubscribe": f"<{outgoing.links.unsubscribe}>"} for outgoing in batch
    }
    message.merge_metadata = {outgoing.address: metadata(outgoing) for outgoing in batch}
    message.esp_extra = dict(provider.options)
    return message


def metadata(outgoing: Outgoing) -> dict[str, str]:
    """What the provider says back with every event: our Message-ID, since it makes its own, and the delivery."""
    delivery = {"delivery": str(outgoing.number)} if outgoing.number else {}
    return {"message_id": outgoing.message_id, **delivery}


def _values(outgoing: Outgoing) -> dict[str, str]:
    links = outgoing.links
    values = {f"link{number}": address for number, address in enumerate(links.clicks, 1)}
    values["leave"] = links.unsubscribe
    if links.open_pixel:
        values["pixel"] = links.open_pixel
    if links.trap:
        values["trap"] = links.trap
    return values


def _holds(built: Built, opening: str) -> bool:
    return opening in built.subject or opening in built.text or opening in built.html
