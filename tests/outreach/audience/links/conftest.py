"""Links to the sign-up."""

import pytest

from outreach.audience.models import JoinLink


@pytest.fixture
def make_link(db):
    """Make a link with a code."""

    def make_link(code, **said):
        return JoinLink.objects.create(**{"code": code, "place": "Health centre, Roseau", **said})

    return make_link
