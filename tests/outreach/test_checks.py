"""The checks tell whoever starts the site what stands in for the real thing."""

import pytest

from outreach.checks import bounces_unheard, half_a_sandbox, sandbox_in_use


@pytest.mark.parametrize(
    ("email", "telegram", "said", "warned"),
    [
        (True, True, ["outreach.I001", "outreach.I002"], []),
        (True, False, ["outreach.I001"], ["outreach.W001"]),
        (False, True, ["outreach.I002"], ["outreach.W001"]),
        (False, False, [], []),
    ],
)
def test_what_ends_in_the_sandbox_is_said_and_half_of_it_is_warned_of(settings, email, telegram, said, warned):
    settings.SANDBOX_EMAIL, settings.SANDBOX_TELEGRAM = email, telegram

    assert [message.id for message in sandbox_in_use(None)] == said
    assert [message.id for message in half_a_sandbox(None)] == warned


@pytest.mark.parametrize(
    ("backend", "secret", "warned"),
    [
        ("anymail.backends.brevo.EmailBackend", [], ["outreach.W002"]),
        ("anymail.backends.brevo.EmailBackend", ["a:b"], []),
        ("django.core.mail.backends.smtp.EmailBackend", [], []),
    ],
)
def test_a_provider_that_can_not_report_bounces_is_warned_of(settings, backend, secret, warned):
    settings.EMAIL_BACKEND, settings.ANYMAIL_WEBHOOK_SECRET = backend, secret

    assert [message.id for message in bounces_unheard(None)] == warned
