"""The public pages on which people join by e-mail. They set no cookie and need no JavaScript.

No form here rides on a session, so none needs Django's token against forged requests: a note of when the form was
opened and the mailed link stand in for it.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from . import confirmation, inactivity, limits, subscriptions
from .choices import ChannelName, Purpose
from .forms import SubscribeForm, as_label
from .models import Consent, JoinRequest
from .network import address_in
from .source import as_source
from .wording import Wordings


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Join by e-mail. The answer is the same for every address, so that nobody learns who has joined."""
    now = timezone.now()
    if request.method != "POST":
        form = SubscribeForm(now=now, source=request.GET.get("source", ""))
        return render(request, "outreach/audience/subscribe.html", {"form": form})
    form = SubscribeForm(request.POST, now=now)
    if form.is_trapped:
        return redirect("subscribe_done")
    verdict = limits.Verdict.OPEN
    if form.is_valid():
        verdict = limits.attempt(form="subscribe", address=address_in(request.META), now=now)
    if verdict == limits.Verdict.REFUSE:
        return too_many(request, now=now, source=form.cleaned_data["source"])
    if not form.is_valid() or (verdict == limits.Verdict.ASK and not form.check_answer()):
        return render(request, "outreach/audience/subscribe.html", {"form": form}, status=422)
    with suppress(subscriptions.AddressSuppressed):
        subscriptions.join(channel=ChannelName.EMAIL, method=Consent.Method.FORM, now=now, **form.wishes)
    return redirect("subscribe_done")


def too_many(request: HttpRequest, *, now: datetime, form: str = "subscribe", source: str = "") -> HttpResponse:
    """Say that no more forms of this address, by its name, are taken in this hour, and what can be done instead."""
    context = {"form": form, "source": source, "minutes": -(-limits.seconds_left(now) // 60)}
    response = render(request, "outreach/audience/too_many.html", context, status=429)
    response["Retry-After"] = str(limits.seconds_left(now))
    return response


@require_safe
def subscribe_done(request: HttpRequest) -> HttpResponse:
    """Say to look into the mailbox."""
    return render(request, "outreach/audience/check_mail.html")


@require_safe
def subscribe_telegram(request: HttpRequest) -> HttpResponse:
    """Say how joining on Telegram works, and lead to the bot."""
    return render(request, "outreach/audience/telegram.html", {"source": as_source(request.GET.get("source", ""))})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a mailed link asks to confirm; only the button confirms it, because mail scanners open every link."""
    now = timezone.now()
    try:
        if request.method == "POST":
            subscriptions.confirm(token=token, now=now)
        asked = confirmation.read_link(token=token, now=now)
    except confirmation.LinkExpired as error:
        return _expired(request, error)
    except (confirmation.LinkError, subscriptions.AddressSuppressed) as error:
        context = {"is_broken": isinstance(error, confirmation.LinkBroken)}
        return _private(render(request, "outreach/audience/link_refused.html", context, status=410))
    if request.method == "POST":
        return redirect("confirm", token=token)
    if asked.method == inactivity.STAY:
        return _private(render(request, "outreach/audience/stay.html", {"stays": asked.confirmed_at}))
    page = "confirmed" if asked.confirmed_at else "confirm"
    return _private(render(request, f"outreach/audience/{page}.html", _told(asked)))


def _expired(request: HttpRequest, error: confirmation.LinkExpired) -> HttpResponse:
    if request.method == "POST" and "again" in request.POST:
        confirmation.ask_again(request=error.request, now=timezone.now())
        return redirect("subscribe_done")
    return _private(render(request, "outreach/audience/link_expired.html", status=410))


def _told(asked: JoinRequest) -> dict[str, Any]:
    """What a person asked for, in words."""
    wordings = Wordings.load([get_language() or settings.LANGUAGE_CODE])
    return {
        "asked": asked,
        "language_name": dict(settings.LANGUAGES)[asked.language],
        "topics": [name for topic, name in settings.TOPICS.items() if topic in asked.topics],
        "agreed": [
            as_label(wordings.words(name, asked.wording_versions[name]))
            for name in Purpose.values
            if name in asked.wording_versions
        ],
    }


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the token in the address to the person who was sent it."""
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
