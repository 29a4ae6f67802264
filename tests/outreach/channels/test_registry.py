import pytest

from outreach.audience.choices import ChannelName
from outreach.channels.email_api import ApiCarrier
from outreach.channels.email_smtp import SmtpCarrier
from outreach.channels.registry import channel


@pytest.mark.parametrize("name", ChannelName.values)
def test_every_channel_that_a_subscriber_can_choose_opens_a_carrier(name):
    found = channel(name)
    carrier = found.open()

    assert found.name == name
    assert found.connections >= 1
    carrier.close()


def test_settings_say_how_fast_a_channel_may_go(settings):
    settings.EMAIL_PER_SECOND, settings.TELEGRAM_PER_SECOND = 3, 4

    assert (channel("email").per_second, channel("telegram").per_second) == (3, 4)


def test_settings_say_how_many_connections_a_mail_server_allows(settings):
    settings.EMAIL_CONNECTIONS = 2

    assert channel("email").connections == 2


@pytest.mark.parametrize(
    ("backend", "carrier"),
    [
        ("django.core.mail.backends.smtp.EmailBackend", SmtpCarrier),
        ("anymail.backends.brevo.EmailBackend", ApiCarrier),
    ],
)
def test_settings_say_which_way_mail_goes(settings, backend, carrier):
    settings.EMAIL_BACKEND = backend

    opened = channel("email").open()

    assert isinstance(opened, carrier)
    opened.close()


def test_telegrams_limit_is_strict_and_a_mail_servers_is_not():
    assert channel("telegram").strict
    assert not channel("email").strict


@pytest.mark.parametrize(("per_second", "connections"), [(25, 20), (200, 50), (1000, 100), (0, 50)])
def test_enough_connections_are_open_to_reach_telegrams_limit(settings, per_second, connections):
    settings.TELEGRAM_PER_SECOND = per_second

    assert channel("telegram").connections == connections


def test_unknown_channel_is_a_key_error():
    with pytest.raises(KeyError):
        channel("pigeon")
