import pytest

from outreach.audience.choices import ChannelName
from outreach.channels.email_api import ApiSession
from outreach.channels.email_smtp import SmtpSession
from outreach.channels.registry import channel


@pytest.mark.parametrize("name", ChannelName.values)
def test_every_channel_that_a_subscriber_can_choose_opens_sessions(name):
    found = channel(name)
    session = found.open()

    assert found.name == name
    assert found.connections >= 1
    session.close()


def test_settings_say_how_fast_a_channel_may_go(settings):
    settings.EMAIL_PER_SECOND, settings.TELEGRAM_PER_SECOND = 3, 4

    assert (channel("email").per_second, channel("telegram").per_second) == (3, 4)


@pytest.mark.parametrize(
    ("backend", "session"),
    [
        ("django.core.mail.backends.smtp.EmailBackend", SmtpSession),
        ("anymail.backends.brevo.EmailBackend", ApiSession),
    ],
)
def test_settings_say_which_way_mail_goes(settings, backend, session):
    settings.EMAIL_BACKEND = backend

    assert isinstance(channel("email").open(), session)


def test_unknown_channel_is_a_key_error():
    with pytest.raises(KeyError):
        channel("pigeon")
