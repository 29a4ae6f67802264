"""What stands in test messages."""

from django.urls import path

from . import views

urlpatterns = [path("test-leave/<str:language>/", views.test_leave, name="test_leave")]
