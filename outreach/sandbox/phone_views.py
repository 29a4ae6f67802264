"""Pretend phones in the browser, for anybody who tries the demo; they exist only while no bot is set.

The address of a phone can't be guessed and is all that it takes to use it, so its forms need no cookie.
"""

import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from . import phones
from .models import SandboxChat

LOOKS_AGAIN, AGAIN_SECONDS = 8, 1
"""How often, and after how many seconds, a phone looks whether the bot has answered."""

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")

View = Callable[..., HttpResponse]


def _while_in_use(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not settings.SANDBOX_TELEGRAM:
            raise Http404
        with translation.override(translation.get_language_from_request(request)):
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(never_cache(answer))


def _on_phone(view: View) -> View:
    """A phone that was forgotten shows that, and is another person's as soon as somebody writes on it."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        try:
            phone = phones.by_token(token)
        except phones.Forgotten as forgotten:
            return _on_forgotten_phone(request, token, forgotten.number)
        except phones.NoSuchPhone:
            raise Http404 from None
        return view(request, phone)

    return _while_in_use(answer)


def _on_forgotten_phone(request: HttpRequest, token: str, number: int) -> HttpResponse:
    if request.method != "POST":
        return render(request, "outreach/sandbox/phone_forgotten.html", {"token": token})
    form = WritingForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("sandbox_phone", args=[token]))
    now = timezone.now()
    phone = phones.phone_of(number=number, now=now, language=translation.get_language() or settings.LANGUAGE_CODE)
    phones.write(phone=phone, text=form.cleaned_data["text"], now=now)
    return _back_to(phone)


class NewPhoneForm(forms.Form):
    """Whose phone it is, and in which language; ``start`` is the payload of the link that led to the bot."""

    name = forms.CharField(label=_("Name on the phone"), max_length=64, initial=_("Phone"))
    language = forms.ChoiceField(label=_("Language of the phone"), choices=settings.LANGUAGES)
    start = forms.RegexField(rf"^{PAYLOAD.pattern}$", required=False, widget=forms.HiddenInput)


class WritingForm(forms.Form):
    """What the person writes to the bot."""

    text = forms.CharField(max_length=4096)


class PressForm(forms.Form):
    """Which button of which message the person presses."""

    message = forms.IntegerField(min_value=1, max_value=2**62)
    key = forms.CharField(max_length=64, strip=False)


@_while_in_use
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What a link to the bot leads to: takes a new phone and presses Start on it, with the link's ``?start=``."""
    if request.method == "POST":
        form = NewPhoneForm(request.POST)
        if form.is_valid():
            now, given = timezone.now(), form.cleaned_data
            phone = phones.new_phone(name=given["name"], language=given["language"], now=now)
            phones.write(phone=phone, text=f"/start {given['start']}".strip(), now=now)
            return _back_to(phone)
    else:
        payload = request.GET.get("start", "")
        given = {"start": payload if PAYLOAD.fullmatch(payload) else "", "language": translation.get_language()}
        form = NewPhoneForm(initial=given)
    return render(request, "outreach/sandbox/phone_start.html", {"form": form})


@_on_phone
@require_http_methods(["GET", "HEAD"])
def phone(request: HttpRequest, phone: SandboxChat) -> HttpResponse:
    """The conversation; for some seconds after an act it looks by itself whether the bot has answered."""
    looks = request.GET.get("looks", "")
    again = int(looks) if re.fullmatch(r"[0-9]", looks) and phones.is_waiting(phone) else 0
    context = {"phone": phone, "token": phones.token(phone), "bubbles": phones.conversation(phone), "waits": again > 0}
    response = render(request, "outreach/sandbox/phone.html", context)
    if again:
        response["Refresh"] = f"{AGAIN_SECONDS}; url={_address(phone, looks=again - 1)}"
    return response


@_on_phone
@require_POST
def write(request: HttpRequest, phone: SandboxChat) -> HttpResponse:
    """Write to the bot; nothing is sent where nothing was written."""
    form = WritingForm(request.POST)
    if form.is_valid():
        phones.write(phone=phone, text=form.cleaned_data["text"], now=timezone.now())
    return _back_to(phone)


@_on_phone
@require_POST
def press(request: HttpRequest, phone: SandboxChat) -> HttpResponse:
    """Press a button of the bot's."""
    form = PressForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    given = form.cleaned_data
    try:
        phones.press(phone=phone, message=given["message"], data=given["key"], now=timezone.now())
    except phones.NoSuchButton:
        return HttpResponseBadRequest()
    return _back_to(phone)


@_on_phone
@require_POST
def change_state(request: HttpRequest, phone: SandboxChat) -> HttpResponse:
    """Block the bot, let it in again, or delete the account."""
    if request.POST.get("state") not in SandboxChat.State.values:
        return HttpResponseBadRequest()
    phones.change_state(phone=phone, state=request.POST["state"], now=timezone.now())
    return _back_to(phone)


def _back_to(phone: SandboxChat) -> HttpResponse:
    return HttpResponseRedirect(_address(phone, looks=LOOKS_AGAIN))


def _address(phone: SandboxChat, *, looks: int) -> str:
    return f"{reverse('sandbox_phone', args=[phones.token(phone)])}?{urlencode({'looks': looks})}"
