"""What the Nu HTML checker says of pages as the server sends them."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from . import tools
from .places import Place


def faults(places: Iterable[Place], *, url: str, folder: Path) -> dict[Place, list[str]]:
    """The errors of each page; all pages are written into ``folder`` and checked by one process."""
    files: dict[str, Place] = {}
    with httpx.Client(base_url=url, timeout=30, follow_redirects=True) as client:
        for number, place in enumerate(places):
            text = place.body or client.get(place.path, headers={"Accept-Language": place.language}).text
            file = folder / f"{number}.html"
            file.write_text(text)
            files[file.name] = place
    found: dict[Place, list[str]] = {place: [] for place in files.values()}
    for message in _messages(folder):
        place = files[message["url"].rpartition("/")[2]]
        extract = " ".join(message.get("extract", "").split())
        found[place].append(f"{place.path} line {message.get('lastLine', '?')}: {message['message']} {extract}")
    return found


def _messages(folder: Path) -> list[dict[str, Any]]:
    jar = tools.node_modules() / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [tools.java(), "-Xss1m", "-jar", str(jar), "--format", "json", "--errors-only", "--exit-zero-always"]
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return messages
