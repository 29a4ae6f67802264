import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from campaign_site.keys import ensure


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.delenv("FIELD_ENCRYPTION_KEY")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def values(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def test_the_first_start_makes_secrets_that_only_the_owner_reads(file: Path) -> None:
    assert ensure(file) == ["SECRET_KEY", "FIELD_ENCRYPTION_KEY"]

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(values(file)["SECRET_KEY"]) >= 50
    Fernet(values(file)["FIELD_ENCRYPTION_KEY"])


def test_a_second_start_changes_nothing(file: Path) -> None:
    ensure(file)
    before = file.read_bytes()

    assert ensure(file) == []
    assert file.read_bytes() == before


def test_what_a_person_wrote_stays_and_what_is_missing_is_added(file: Path) -> None:
    file.write_text("# mine\nSECRET_KEY=chosen by hand\n")

    assert ensure(file) == ["FIELD_ENCRYPTION_KEY"]
    assert file.read_text().startswith("# mine\nSECRET_KEY=chosen by hand\nFIELD_ENCRYPTION_KEY=")


def test_a_secret_from_the_environment_is_not_written_down(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")

    assert ensure(file) == ["FIELD_ENCRYPTION_KEY"]


def test_two_machines_get_different_secrets(tmp_path: Path) -> None:
    ensure(tmp_path / "one")
    ensure(tmp_path / "two")

    assert not set(values(tmp_path / "one").values()) & set(values(tmp_path / "two").values())
