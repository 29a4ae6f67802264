"""What Telegram calls, and the way from the site to the bot."""

import json
import logging
import re
from functools import lru_cache
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from outreach.channels.failures import ChannelError
from outreach.channels.telegram_client import BotClient

from . import updates

logger = logging.getLogger(__name__)

LARGEST_UPDATE = 256 * 1024
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What Telegram hands on to a bot that is opened by a link."""


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Handle one update that Telegram posts, if it comes with the secret in ``TELEGRAM_WEBHOOK_SECRET``."""
    secret, told = settings.TELEGRAM_WEBHOOK_SECRET, request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not secret or not constant_time_compare(told, secret):
        return HttpResponseForbidden()
    if len(request.body) > LARGEST_UPDATE:
        return HttpResponse(status=413)
    client = BotClient.from_settings()
    try:
        updates.receive(payload=json.loads(request.body), client=client, now=timezone.now())
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    finally:
        client.close()
    return HttpResponse(status=200)


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the bot, or to the sandbox's pretended phone where no bot is set, with where the reader comes from."""
    payload = request.GET.get("source", "")
    given = {"start": payload} if PAYLOAD.fullmatch(payload) else {}
    if settings.SANDBOX_TELEGRAM:
        return HttpResponseRedirect(f"{reverse('sandbox_phone_start')}?{urlencode(given)}")
    try:
        address = f"https://t.me/{_bot_name(settings.TELEGRAM_BOT_TOKEN)}"
    except ChannelError as error:
        logger.warning("the bot's name can't be read (%s)", type(error).__name__)
        with translation.override(translation.get_language_from_request(request)):
            return render(request, "outreach/tracking/telegram_away.html", status=503)
    return HttpResponseRedirect(f"{address}?{urlencode(given)}" if given else address)


@lru_cache(maxsize=4)
def _bot_name(_token: str) -> str:
    client = BotClient.from_settings()
    try:
        return client.username()
    finally:
        client.close()
