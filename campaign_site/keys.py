"""Makes this machine's secrets: ``python -m campaign_site.keys`` writes those that ``.env`` lacks.

Only its owner can read the file. Needs nothing but Python, because settings do not load before the secrets are there.
"""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / ".env"
SECRETS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(60),
    "FIELD_ENCRYPTION_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
}


def ensure(file: Path = FILE) -> list[str]:
    """Add every secret that neither ``file`` nor the environment has; returns the names of those added.

    What stands in the file is never changed: what was encrypted under a key is lost with it.
    """
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    known = {line.partition("=")[0].removeprefix("export ").strip() for line in lines}
    added = [name for name in SECRETS if name not in known and not os.environ.get(name)]
    if added:
        lines += [f"{name}={SECRETS[name]()}" for name in added]
        write_privately(file, "\n".join(lines) + "\n")
    return added


def write_privately(file: Path, text: str) -> None:
    """Put ``text`` in place whole or not at all, with mode 600 from the first byte."""
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    fresh.replace(file)


if __name__ == "__main__":
    for name in ensure():
        print(f"{name} made and written to {FILE.name}")
