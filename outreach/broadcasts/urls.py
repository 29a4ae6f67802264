"""What stands in messages, and in test messages."""

from django.urls import path, re_path

from . import views

urlpatterns = [
    path("test-leave/<str:language>/", views.test_leave, name="test_leave"),
    re_path(r"^picture/(?P<digest>[0-9a-f]{64})\.png$", views.picture, name="broadcast_picture"),
]
