"""People of the team, one for each role."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from outreach import roles

ROLES = [role.name for role in roles.ROLES] + ["superuser", "nobody"]


@pytest.fixture
def as_role(db) -> Callable[[str], Client]:
    """A browser in which somebody with this role is signed in; nobody is signed in for ``nobody``."""

    def as_role(role: str) -> Client:
        client = Client()
        if role != "nobody":
            user = User.objects.create_user(role.lower().replace(" ", "-"), is_superuser=role == "superuser")
            if role != "superuser":
                user.groups.add(Group.objects.get(name=role))
            client.force_login(user)
        return client

    return as_role
