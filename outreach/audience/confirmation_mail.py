"""The mail that asks a person to confirm, or whether they want to stay: HTML and text, in their language."""

from datetime import timedelta
from urllib.parse import urlsplit

import mrml
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from .choices import Purpose
from .inactivity import STAY
from .models import Consent, JoinRequest, Subscription
from .wording import words

_RENDERING = mrml.RenderOptions(disable_comments=False, fonts={})


def confirmation_mail(
    *, request: JoinRequest, link: str, lasts: timedelta, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    """The mail for one request, ready to send over ``connection``; ``link`` confirms and is good for ``lasts``."""
    subscription = request.subscription
    stay = request.method == STAY
    name = "outreach/audience/stay" if stay else "outreach/audience/confirmation"
    with override(request.language):
        context = {
            "subject": _("Do you still want our messages?") if stay else _("Confirm your e-mail address"),
            "site": urlsplit(settings.SITE_URL).netloc,
            "link": link,
            "days": lasts.days,
            "is_active": subscription.state == Subscription.State.ACTIVE,
            "is_from_paper": request.method == Consent.Method.PAPER,
            "asks": _asks(request),
        }
        mail = EmailMultiAlternatives(
            subject=str(context["subject"]),
            body=render_to_string(f"{name}.txt", context),
            to=[subscription.address],
            # RFC 3834: nobody's holiday notice is to answer it.
            headers={"Auto-Submitted": "auto-generated", "Content-Language": request.language},
            connection=connection,
        )
        markup = render_to_string(f"{name}.mjml", context)
    mail.attach_alternative(str(mrml.to_html(markup, render_options=_RENDERING).content), "text/html")
    return mail


def _asks(request: JoinRequest) -> str:
    """What somebody agrees to who asked for nothing, because their address stood in a list; else nothing."""
    if request.method != Consent.Method.IMPORT:
        return ""
    return words(Purpose.MESSAGES, request.wording_versions[Purpose.MESSAGES], request.language)
