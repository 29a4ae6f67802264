"""The preference page, all that is kept of a person, and their erasure: behind a signed link, without a cookie.

The signed link is the permission, so there is no session whose rights a foreign page could borrow. Only a button
changes something, because mail scanners open every link.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from outreach.audience import erasure, limits, personal_data
from outreach.audience.choices import ChannelName, Purpose
from outreach.audience.models import Subscription
from outreach.audience.network import address_in
from outreach.audience.views import too_many

from . import links, mailing, saving
from .forms import FreshLinkForm, PreferencesForm
from .links import Key

Page = Callable[[HttpRequest, str, Key], HttpResponse]


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. The answer is the same for every address, so that nobody learns who has joined."""
    now = timezone.now()
    form = FreshLinkForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_trapped:
        return redirect("preferences_asked")
    if form.is_valid():
        # No question here: an inbox gets so few of these mails that it can't be filled by them.
        verdict = limits.attempt(form="preferences", address=address_in(request.META), now=now)
        if verdict == limits.Verdict.REFUSE:
            return too_many(request, now=now, form="preferences_ask")
        mailing.ask_for_address(address=form.cleaned_data["email"], now=now)
        return redirect("preferences_asked")
    status = 422 if form.is_bound else 200
    return render(request, "outreach/audience/preferences/ask.html", {"form": form}, status=status)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say to look into the mailbox."""
    return render(request, "outreach/audience/preferences/asked.html")


def by_link(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page that a good link opens: never cached, never listed, and its address never told to other sites."""

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def view(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        try:
            key = links.read(token=token, now=now)
            response = _mail_fresh(key.subscription) if _wants_fresh(request) else page(request, token, key)
        except links.LinkExpired as error:
            response = _mail_fresh(error.subscription) if _wants_fresh(request) else _refused(request, error)
        except links.LinkRefused as error:
            response = _refused(request, error)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        # Django would write the path of a refusal into the log, and the path is the permission.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return view


def _wants_fresh(request: HttpRequest) -> bool:
    return request.method == "POST" and "fresh" in request.POST


def _mail_fresh(subscription: Subscription) -> HttpResponse:
    mailing.ask(subscription=subscription, now=timezone.now())
    return redirect("preferences_asked")


def _refused(request: HttpRequest, error: links.LinkRefused) -> HttpResponse:
    can_mail = isinstance(error, links.LinkExpired) and mailing.inbox_of(error.subscription) is not None
    context = {"why": type(error).__name__, "can_mail": can_mail}
    return render(request, "outreach/audience/preferences/refused.html", context, status=410)


@by_link
def preferences(request: HttpRequest, token: str, key: Key) -> HttpResponse:
    """Show and change what a person gets."""
    now, shows = timezone.now(), key.is_fresh(timezone.now())
    if request.method == "POST" and "leave" in request.POST:
        changed = saving.leave(leaving=_leaving(key, request.POST["leave"]), now=now)
        return _back(token, changed)
    sent = request.POST if request.method == "POST" else None
    form = PreferencesForm(sent, subscription=key.subscription, shows_answers=shows)
    if form.is_valid():
        changed = saving.save(subscription=key.subscription, answers=form.answers, seen=form.seen, now=now)
        return _back(token, changed)
    context = {**_common(key), "token": token, "form": form, "changed": _named(request), **_standing(key)}
    status = 422 if form.is_bound else 200
    return render(request, "outreach/audience/preferences/preferences.html", context, status=status)


def _leaving(key: Key, which: str) -> list[Subscription]:
    """All of a person's subscriptions, or the one of this number if it is theirs."""
    theirs = key.subscriber.subscriptions.order_by("pk")
    return [each for each in theirs if which in {"all", str(each.pk)}]


def _back(token: str, changed: list[str]) -> HttpResponse:
    """To the page again, which names what changed: there is no session to keep it in."""
    return redirect(f"{reverse('preferences', args=[token])}?changed={'.'.join(changed)}")


def _named(request: HttpRequest) -> list[str] | None:
    """What the page before has changed, in words; ``None`` where nothing was sent before."""
    if "changed" not in request.GET:
        return None
    names = {
        "language": _("Language"),
        "topics": _("Topics"),
        "frequency": _("How often"),
        "group": _("You are"),
        "gender": _("Gender"),
        "parish": _("Parish"),
        "left": _("Channels"),
        **{purpose.value: str(purpose.label) for purpose in Purpose},
    }
    told = request.GET["changed"].split(".")
    return [name for code, name in names.items() if code in told]


def _standing(key: Key) -> dict[str, Any]:
    """Which channels reach the person, and which could."""
    theirs = list(key.subscriber.subscriptions.order_by("pk"))
    reached = {each.channel for each in theirs if each.state == Subscription.State.ACTIVE}
    return {
        "ended": [each for each in theirs if each.state != Subscription.State.ACTIVE],
        "could_join": [channel for channel in ChannelName.values if channel not in reached],
        "several": sum(each.state == Subscription.State.ACTIVE for each in theirs) > 1,
    }


def _common(key: Key) -> dict[str, Any]:
    """What every page behind a link says: whose it is, and whether the link proves that the inbox is read."""
    subscription = key.subscription
    return {
        "whose": masked(subscription),
        "is_fresh": key.is_fresh(timezone.now()),
        "can_mail": mailing.inbox_of(subscription) is not None,
    }


def masked(subscription: Subscription) -> str:
    """An address that its owner knows again and that tells nobody else: j…@e….org. Empty where it is a chat."""
    if subscription.channel != ChannelName.EMAIL:
        return ""
    local, _at, domain = subscription.address.partition("@")
    name, _dot, last = domain.rpartition(".")
    return f"{local[:1]}…@{name[:1]}….{last}"


@by_link
def my_data(request: HttpRequest, token: str, key: Key) -> HttpResponse:
    """Everything that is kept of a person, to read or as a file; behind a fresh link alone."""
    context = {**_common(key), "token": token}
    if not context["is_fresh"]:
        return render(request, "outreach/audience/preferences/needs_fresh.html", context, status=403)
    if "file" in request.GET:
        return HttpResponse(
            personal_data.file(subscriber=key.subscriber),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{personal_data.FILE_NAME}"'},
        )
    context["sections"] = personal_data.readable(subscriber=key.subscriber)
    return render(request, "outreach/audience/preferences/my_data.html", context)


@by_link
def erase_me(request: HttpRequest, token: str, key: Key) -> HttpResponse:
    """Say what goes and what stays; the button erases. Behind a fresh link alone."""
    context = {**_common(key), "token": token}
    if not context["is_fresh"]:
        return render(request, "outreach/audience/preferences/needs_fresh.html", context, status=403)
    if request.method == "POST":
        erasure.erase(subscriber=key.subscriber, now=timezone.now())
        return redirect("preferences", token=token)
    return render(request, "outreach/audience/preferences/erase_me.html", context)
