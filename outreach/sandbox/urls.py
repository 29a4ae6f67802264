"""Addresses of the sandbox: pretend phones for everybody, and the staff's pages below Wagtail's own."""

from django.urls import path, re_path

from . import phone_views, views

urlpatterns = [
    path("sandbox/telegram/start/", phone_views.start, name="sandbox_phone_start"),
    path("sandbox/phone/<str:token>/", phone_views.phone, name="sandbox_phone"),
    path("sandbox/phone/<str:token>/write/", phone_views.write, name="sandbox_phone_write"),
    path("sandbox/phone/<str:token>/press/", phone_views.press, name="sandbox_phone_press"),
    path("sandbox/phone/<str:token>/state/", phone_views.change_state, name="sandbox_phone_state"),
]

staff_urlpatterns = [
    path("sandbox/", views.MessageListView.as_view(), name="sandbox_messages"),
    path("sandbox/results/", views.MessageListView.as_view(results_only=True), name="sandbox_messages_results"),
    path("sandbox/mails/<int:pk>/", views.MailView.as_view(), name="sandbox_mail"),
    path("sandbox/mails/<int:pk>/body/", views.MailBodyView.as_view(), name="sandbox_mail_body"),
    path("sandbox/phones/", views.PhoneListView.as_view(), name="sandbox_phones"),
    re_path(r"^sandbox/phones/(?P<number>-?\d{1,18})/$", views.PhoneOfView.as_view(), name="sandbox_phone_of"),
]
