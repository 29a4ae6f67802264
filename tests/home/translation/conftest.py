import pytest
from django.contrib.auth.models import User

from home.models import StoryPage


@pytest.fixture
def user(db: None) -> User:
    """Somebody who may do everything with pages."""
    return User.objects.create_superuser("translator")


@pytest.fixture
def spanish_story(site: object) -> StoryPage:
    """A draft: its catalogue lacks one text."""
    return StoryPage.objects.get(locale__language_code="es")
