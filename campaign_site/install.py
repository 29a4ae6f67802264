"""Makes ``.venv`` with what a lock file names: ``python -m campaign_site.install requirements.lock``.

Runs under any Python from 3.11 with nothing installed. A second run finds nothing to do; one that was interrupted
leaves a mark, and the next one starts again from an empty folder. With ``--port`` it first makes sure that the port is
free.
"""

import argparse
import hashlib
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Unusable(Exception):
    """The text is one line for the person who typed ``make``."""


def check_port(text: str) -> None:
    """Raise :class:`Unusable` unless ``text`` is a port on which a server could listen now."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Unusable("PORT should be a whole number from 1 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError:
            raise Unusable(f"Port {text} is for the system only. Choose another one, like PORT=8001") from None
        except OSError:
            raise Unusable(f"Port {text} is taken. Choose another one, like PORT={_next(int(text))}") from None


def _next(port: int) -> int:
    return port + 1 if port < 65535 else 8000


class Venv:
    """The folder with the project's own Python; ``python`` is inside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self._unfinished = folder / "unfinished"

    def is_usable(self) -> bool:
        """Whether its Python runs, is new enough, has pip, and no installation was broken off."""
        test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        return (
            self.python.exists()
            and not self._unfinished.exists()
            and subprocess.run([self.python, "-c", test], stderr=subprocess.DEVNULL).returncode == 0
        )

    def make(self) -> None:
        """An empty environment in place of whatever is there."""
        self.folder.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "venv", "--clear", str(self.folder)]
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode != 0:
            raise Unusable(
                f"{sys.executable} can't make a virtual environment: its venv module is missing or broken "
                "(Debian and Ubuntu: apt install python3-venv)"
            )

    def holds(self, lock: Path) -> bool:
        """Whether what is installed is what ``lock`` says today."""
        stamp = self._stamp(lock)
        return stamp.exists() and stamp.read_text(encoding="utf-8") == _digest(lock)

    def install(self, lock: Path) -> None:
        """Install exactly what ``lock`` pins, by hash."""
        self._unfinished.touch()
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "-qq", "install", "--require-hashes"]
        if subprocess.run([*pip, "--requirement", str(lock)]).returncode != 0:
            raise Unusable(f"pip could not install {lock.name}; its own words stand above")
        self._stamp(lock).write_text(_digest(lock), encoding="utf-8")
        self._unfinished.unlink()

    def _stamp(self, lock: Path) -> Path:
        return self.folder / f"installed-{lock.name}"


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def install(venv: Venv, lock: Path) -> None:
    """Bring ``venv`` to what ``lock`` says; silent where there is nothing to do."""
    if not venv.is_usable():
        print(f"Making {venv.folder.name} with Python {sys.version.split()[0]} …", flush=True)
        venv.make()
    if not venv.holds(lock):
        print(f"Installing {lock.name}: about a minute on a fast line …", flush=True)
        venv.install(lock)


def main() -> None:
    """Do it, and end with one line and status 1 where it can't be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lock", type=Path)
    parser.add_argument("--port", help="fail at once if this port can't be listened on")
    arguments = parser.parse_args()
    try:
        if arguments.port is not None:
            check_port(arguments.port)
        install(Venv(ROOT / ".venv"), ROOT / arguments.lock)
    except Unusable as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
