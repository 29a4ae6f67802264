"""The demo's users, one for each role; passwords are made on this machine, in a file that only its owner reads."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from campaign_site.keys import write_privately
from outreach import roles

USERS = {
    "editor": roles.EDITORS,
    "approver": roles.APPROVERS,
    "evaluator": roles.EVALUATORS,
    "officer": roles.DATA_OFFICERS,
    "admin": roles.ADMINISTRATORS,
}
"""Demo users by name, each with a role. ``admin`` is also a superuser: somebody must be able to do everything."""

EASY_TO_TYPE, PASSWORD_LENGTH = "abcdefghjkmnpqrstuvwxyz23456789", 14
"""No letter that looks like a digit; 14 of them are 69 bits."""


@dataclass(frozen=True)
class Account:
    """A user as the terminal shows them; ``password`` is empty where it is no longer the one that was made."""

    name: str
    role: str
    password: str


def ensure(file: Path) -> list[Account]:
    """Make the users that are missing; ``file`` remembers the passwords, so that each start can show them.

    A password that somebody changed is neither set back nor known.
    """
    remembered: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    accounts = []
    with transaction.atomic():
        for name, role in USERS.items():
            user = get_user_model().objects.filter(username=name).first()
            if user is None:
                remembered[name] = _make(name, role, remembered.get(name, {}).get("password"))
                user = get_user_model().objects.get(username=name)
            kept = remembered.get(name, {})
            unchanged = kept.get("encoded") == user.password
            accounts.append(Account(name, role, kept["password"] if unchanged else ""))
        write_privately(file, json.dumps(remembered, indent=1))
    return accounts


def table(accounts: list[Account]) -> str:
    """The accounts in aligned lines."""
    rows = [(account.name, account.password or _("(changed)"), account.role) for account in accounts]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _make(name: str, role: str, password: str | None) -> dict[str, str]:
    password = password or "".join(secrets.choice(EASY_TO_TYPE) for _ in range(PASSWORD_LENGTH))
    user = get_user_model().objects.create_user(
        username=name,
        email=f"{name}@example.org",
        password=password,
        first_name=name.capitalize(),
        last_name=_("(demo)"),
        is_superuser=role == roles.ADMINISTRATORS,
        is_staff=role == roles.ADMINISTRATORS,
    )
    user.groups.add(Group.objects.get(name=role))
    return {"password": password, "encoded": user.password}
