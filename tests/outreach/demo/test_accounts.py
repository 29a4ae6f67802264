import stat
from pathlib import Path

import pytest
from django.contrib.auth import authenticate, get_user_model

from outreach import roles
from outreach.demo import accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "demo-users.json"


def test_there_is_a_user_for_each_role_who_can_sign_in_with_the_password_shown(file: Path) -> None:
    made = accounts.ensure(file)

    assert {account.role for account in made} == {role.name for role in roles.ROLES}
    for account in made:
        user = authenticate(username=account.name, password=account.password)
        assert user is not None
        assert [group.name for group in user.groups.all()] == [account.role]
        assert user.email == f"{account.name}@example.org"


def test_only_the_administrator_may_do_everything(file: Path) -> None:
    accounts.ensure(file)

    assert [user.username for user in get_user_model().objects.filter(is_superuser=True)] == ["admin"]


def test_only_the_owner_reads_the_passwords(file: Path) -> None:
    accounts.ensure(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_start_shows_the_same_passwords(file: Path) -> None:
    assert accounts.ensure(file) == accounts.ensure(file)


def test_a_password_that_somebody_changed_is_neither_set_back_nor_shown(file: Path) -> None:
    accounts.ensure(file)
    editor = get_user_model().objects.get(username="editor")
    editor.set_password("chosen by the editor")
    editor.save()

    editor_again = accounts.ensure(file)[0]

    assert (editor_again.name, editor_again.password) == ("editor", "")
    assert authenticate(username="editor", password="chosen by the editor")
    assert "  editor     (changed)" in accounts.table(accounts.ensure(file))


def test_a_new_database_gets_the_passwords_that_were_shown_before(file: Path) -> None:
    before = accounts.ensure(file)
    get_user_model().objects.all().delete()

    assert accounts.ensure(file) == before


def test_without_the_file_existing_users_keep_a_password_that_nobody_shows(file: Path) -> None:
    accounts.ensure(file)
    file.unlink()

    assert [account.password for account in accounts.ensure(file)] == [""] * 5
