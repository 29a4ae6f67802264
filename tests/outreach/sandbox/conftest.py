import pytest


@pytest.fixture
def sandbox_in_use(settings):
    settings.SANDBOX_EMAIL = settings.SANDBOX_TELEGRAM = True


@pytest.fixture
def nothing_to_stand_in_for(settings):
    settings.SANDBOX_EMAIL = settings.SANDBOX_TELEGRAM = False
