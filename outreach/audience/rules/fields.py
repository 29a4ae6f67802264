"""What a rule can ask about a person: the closed list."""

from django.conf import settings

from outreach.audience.choices import ChannelName, Gender, Group, Parish

CHOICES = ("language", "group", "gender", "topic", "parish", "channel", "source")
"""What has values to choose among."""
TIMES = {"joined": "joined_at", "active": "active_at"}
"""What has a time, with the column that holds it."""
LONGEST_SOURCE = 60


def allowed_values(field: str) -> list[str] | None:
    """The values that a test on ``field`` may name, ``None`` where they are no closed list.

    Raises ``KeyError`` for a field that no rule can ask about in this way.
    """
    return {
        "language": [code for code, _name in settings.LANGUAGES],
        "group": list(Group.values),
        "gender": list(Gender.values),
        "topic": list(settings.TOPICS),
        "parish": list(Parish.values),
        "channel": list(ChannelName.values),
        "source": None,
    }[field]


def is_allowed(field: str, value: object) -> bool:
    """Whether a test on ``field`` may name ``value``; raises ``KeyError`` as :func:`allowed_values` does."""
    allowed = allowed_values(field)
    if allowed is not None:
        return isinstance(value, str) and value in allowed
    return isinstance(value, str) and len(value) <= LONGEST_SOURCE and value.isprintable()
