import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from campaign_site.install import Unusable, Venv, check_port, install

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def empty_lock(tmp_path: Path) -> Path:
    lock = tmp_path / "empty.lock"
    lock.write_text("# nothing to install\n")
    return lock


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Venv:
    return Venv(tmp_path_factory.mktemp("place") / ".venv")


def test_a_first_run_makes_the_environment_and_a_second_has_nothing_to_do(
    venv: Venv, empty_lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(venv, empty_lock)
    assert venv.holds(empty_lock)
    capsys.readouterr()

    install(venv, empty_lock)

    assert capsys.readouterr().out == ""


def test_a_lock_that_changed_is_installed_again(
    venv: Venv, empty_lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(venv, empty_lock)
    empty_lock.write_text("# still nothing\n")
    capsys.readouterr()

    install(venv, empty_lock)

    assert capsys.readouterr().out.startswith("Installing empty.lock")


def test_after_an_interruption_everything_is_made_anew(venv: Venv, empty_lock: Path) -> None:
    install(venv, empty_lock)
    left_behind = venv.folder / "half-a-package"
    left_behind.touch()
    (venv.folder / "unfinished").touch()

    install(venv, empty_lock)

    assert not left_behind.exists()
    assert venv.is_usable()


def test_an_environment_that_is_there_and_works_is_kept(venv: Venv, empty_lock: Path) -> None:
    install(venv, empty_lock)
    mine = venv.folder / "mine"
    mine.touch()
    (venv.folder / f"installed-{empty_lock.name}").unlink()

    install(venv, empty_lock)

    assert mine.exists()


def test_a_requirement_without_a_hash_is_refused(venv: Venv, tmp_path: Path) -> None:
    lock = tmp_path / "loose.lock"
    lock.write_text("Django==5.2.19\n")

    with pytest.raises(Unusable, match=r"^pip could not install loose\.lock"):
        install(venv, lock)

    assert not venv.holds(lock)


@pytest.mark.parametrize("text", ["web", "", "-1", "0", "65536", "80.5", "١٢٣٤"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(Unusable, match=r"^PORT should be a whole number from 1 to 65535$"):
        check_port(text)


def test_a_free_port_is_fine(free_port: int) -> None:
    check_port(str(free_port))


def test_a_taken_port_is_named_in_one_line_before_anything_is_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "campaign_site.install", "no-such.lock", "--port", str(port)]

        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 1
    assert result.stderr == f"Port {port} is taken. Choose another one, like PORT={port + 1}\n"


def test_make_says_in_one_line_that_no_python_is_there() -> None:
    command = ["make", "--no-print-directory", "demo", "PYTHON=/nowhere/python"]

    # Not as a part of the make that may be running these tests.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert result.returncode == 2
    said = [line for line in result.stderr.splitlines() if not line.startswith("make")]
    assert said == [
        "Python 3.11 or newer is needed; tried: /nowhere/python. Name another one: make PYTHON=/path/to/python"
    ]
