"""The checks tell whoever starts the site what stands in for the real thing."""

import pytest

from outreach.checks import half_a_sandbox, sandbox_in_use


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
