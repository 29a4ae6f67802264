"""Whether a mail of ours was refused because nobody is at its address.

Only who sends messages can read what a mail server or a provider answers, and the audience knows nothing of sending: so
:mod:`outreach.channels` reads it, once it is given to :func:`register`.
"""

from collections.abc import Callable

Reading = Callable[[Exception], bool]
"""Whether a failure of Django's mail says that nobody is at the one address of the mail."""

_readings: list[Reading] = []


def register(reading: Reading) -> None:
    """Have ``reading`` asked; registering twice is once."""
    if reading not in _readings:
        _readings.append(reading)


def nobody_is_there(error: Exception) -> bool:
    """Whether the failure says so; what nobody can read does not."""
    return any(reading(error) for reading in _readings)
