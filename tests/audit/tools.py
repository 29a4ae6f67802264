"""The two checkers that come from npm, and what runs them."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.ground.demo import ROOT

FOLDER = ROOT / ".local" / "audit"
HERE = Path(__file__).resolve().parent
NODE_PACKAGES = ("package.json", "package-lock.json")


class ToolMissing(RuntimeError):
    """A program that the audit runs is not there; the text says what to do."""


def node_modules() -> Path:
    """Where both checkers are, installed once for each ``package-lock.json``; raises :class:`ToolMissing`."""
    _program("npm", "Node 18 or newer with npm, as in Debian's packages nodejs and npm")
    modules = FOLDER / "node_modules"
    if modules.is_dir() and all(_same(name) for name in NODE_PACKAGES):
        return modules
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NODE_PACKAGES:
        shutil.copy(HERE / name, FOLDER / name)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        # So that the next run begins anew.
        (FOLDER / NODE_PACKAGES[0]).unlink()
        raise ToolMissing(f"npm could not install {HERE / NODE_PACKAGES[0]}:\n{done.stderr}")
    return modules


def java() -> str:
    """The program that runs the Nu HTML checker; raises :class:`ToolMissing`."""
    return _program("java", "Java 11 or newer, as in Debian's package default-jre-headless")


def node() -> str:
    """The program that runs Lighthouse; raises :class:`ToolMissing`."""
    return _program("node", "Node 18 or newer, as in Debian's package nodejs")


def _same(name: str) -> bool:
    installed = FOLDER / name
    return installed.exists() and installed.read_bytes() == (HERE / name).read_bytes()


def _program(name: str, what: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH"))
    if not found:
        raise ToolMissing(f"the audit needs {what}")
    return found
