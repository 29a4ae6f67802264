"""The clock of the staff pages stands still."""

import pytest
import time_machine

from tests.outreach.broadcasts.conftest import NOW


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield
