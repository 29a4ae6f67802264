"""Short addresses, because they stand many times in every message."""

from django.urls import path

from . import telegram_views, views
from .web import beacon
from .webhooks.views import webhook as mail_webhook

urlpatterns = [
    path("r/<str:token>/<int:link>", views.follow, name="follow"),
    path("o/<str:token>", views.opened, name="opened"),
    path("u/<str:token>", views.unsubscribe, name="unsubscribe"),
    path("v/", beacon.reading, name="reading"),
    path("telegram/start/", telegram_views.start, name="telegram_start"),
    path("telegram/webhook/", telegram_views.webhook, name="telegram_webhook"),
    path("anymail/<str:provider>/tracking/", mail_webhook, name="mail_webhook"),
]
