"""Reads settings from the environment; a wrong value stops the start with one line.

Each reader returns a checked value or raises :class:`WrongValue`, whose text names the variable and says what it
should be. ``settings.py`` turns that into one line on standard error and exit status 2. A variable that is set to
nothing counts as not set.
"""

import json
import re
import sys
import zoneinfo
from collections.abc import Callable
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import dj_database_url
import django_cache_url
from cryptography.fernet import Fernet
from email_validator import EmailNotValidError, validate_email
from environs import Env

PROVIDER_KEYS = {
    "brevo": "API_KEY",
    "mailersend": "API_TOKEN",
    "mailgun": "API_KEY",
    "mailjet": "API_KEY",
    "mandrill": "API_KEY",
    "postmark": "SERVER_TOKEN",
    "resend": "API_KEY",
    "sendgrid": "API_KEY",
    "sparkpost": "API_KEY",
}
"""Anymail's providers that one key opens, and what Anymail calls that key."""

SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
"""How to reach a mail server, with the usual port; ``+tls`` starts plain and turns to TLS, ``+ssl`` is TLS at once."""

FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
SHORTEST_SECRET, FEWEST_CHARACTERS = 50, 5


class WrongValue(Exception):
    """A variable holds something that can't be used; the text is one line for the person who starts the program."""

    def __init__(self, name: str, should_be: str) -> None:
        super().__init__(f"{name} should be {should_be}")


class Environment:
    """The process's environment, and below it the file ``.env`` that ``make demo`` writes.

    ``names`` collects every variable that was asked for: the README's table must list them all.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.names: set[str] = set()
        self._env = Env()
        if file and file.is_file():
            self._env.read_env(str(file), recurse=False)

    def text(self, name: str, default: str = "", *, pattern: str = "", should_be: str = "") -> str:
        """The value without blanks around it; where it is set, the whole of it must match ``pattern``."""
        self.names.add(name)
        value = self._env.str(name, "").strip()
        if value and pattern and not re.fullmatch(pattern, value):
            raise WrongValue(name, should_be)
        return value or default

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false, in one of the usual words."""
        value = self.text(name).lower()
        if value and value not in FLAGS:
            raise WrongValue(name, "true or false")
        return FLAGS.get(value, default)

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``."""
        should_be = f"a whole number from {least} to {most}"
        value = int(self.text(name, str(default), pattern=r"[0-9]{1,9}", should_be=should_be))
        if not least <= value <= most:
            raise WrongValue(name, should_be)
        return value

    def secret(self, name: str, *, development: str) -> str:
        """A long secret, or ``development``, which is empty where a real one is needed."""
        value = self.text(name)
        if not value and development:
            return development
        if len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_CHARACTERS:
            raise WrongValue(name, f"a random text of at least {SHORTEST_SECRET} characters, the same on every machine")
        return value

    def field_keys(self, name: str, *, development: str) -> list[str]:
        """Fernet keys, the one that encrypts first, older ones that still decrypt after it."""
        keys = [key.strip() for key in self.text(name, development).split(",") if key.strip()]
        try:
            for key in keys:
                Fernet(key)
        except ValueError:
            keys = []
        if not keys:
            raise WrongValue(
                name, "one or more Fernet keys (32 bytes in URL-safe base64), with commas, the newest first"
            )
        return keys

    def hosts(self, name: str, default: list[str]) -> list[str]:
        """Host names, with commas between them."""
        should_be = "host names with commas between them, like example.org,www.example.org"
        value = self.text(name, pattern=r"(\*|[\w.:\[\]-]+)(\s*,\s*(\*|[\w.:\[\]-]+))*,?", should_be=should_be)
        return [host.strip() for host in value.split(",") if host.strip()] or default

    def site_url(self, name: str, default: str) -> str:
        """The address of a whole site, without a slash at the end."""
        should_be = "an address like https://example.org, without a path"
        url = self.optional_url(name, {"http", "https"}, should_be).rstrip("/")
        if urlsplit(url).path or urlsplit(url).query:
            raise WrongValue(name, should_be)
        return url or default

    def optional_url(self, name: str, schemes: set[str], should_be: str) -> str:
        """An address under one of ``schemes``, or nothing."""
        value = self.text(name)
        parts, _port = self._parsed(name, lambda: (urlsplit(value), urlsplit(value).port), should_be)
        if value and (parts.scheme not in schemes or not parts.hostname or re.search(r"\s", value)):
            raise WrongValue(name, should_be)
        return value

    @staticmethod
    def _parsed(name: str, parse: Callable[[], Any], should_be: str) -> Any:
        try:
            return parse()
        except (ValueError, KeyError):
            raise WrongValue(name, should_be) from None

    def directory(self, name: str, default: Path) -> Path:
        """A folder that is made if it is not there."""
        path = Path(self.text(name, str(default))).expanduser().absolute()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise WrongValue(name, "a folder that this user may write to") from None
        return path

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's ``DATABASES["default"]`` from an address; SQLite is opened so that web and worker can share it."""
        should_be = "like sqlite:////path/to/file or postgres://user:password@host:5432/name"
        value = self.text(name, default)
        if urlsplit(value).scheme not in {"sqlite", "postgres", "postgresql"}:
            raise WrongValue(name, should_be)
        config: dict[str, Any] = self._parsed(
            name, lambda: dict(dj_database_url.parse(value, conn_max_age=600, conn_health_checks=True)), should_be
        )
        if not config.get("NAME"):
            raise WrongValue(name, should_be)
        if config["ENGINE"].endswith("sqlite3"):
            config["CONN_MAX_AGE"] = 0 if config["NAME"] == ":memory:" else 600
            config["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # What is deleted is overwritten, or it would stay in the file for as long as nobody needs the room.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
            }
        return config

    def cache(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings of a cache: files, Redis, a table of the database or, for one process, its memory.

        Redis is refused where the package that speaks to it is missing: Django would say so only to the first reader.
        """
        value = self.text(name, default)
        should_be = "like file:///var/cache/site, redis://host:6379/0, db://table or locmem://"
        if not re.match(r"(file:///.|rediss?://.|db://\w+(\?|$)|locmem://)", value):
            raise WrongValue(name, should_be)
        if value.startswith("redis") and find_spec("redis") is None:
            raise WrongValue(name, f"{should_be}; for Redis, the Python package redis has to be installed too")
        config: dict[str, Any] = self._parsed(name, lambda: django_cache_url.parse(value), should_be)
        if not value.startswith("redis"):
            # Django keeps 300, fewer than the tags of a small site; Redis has limits of its own.
            config["OPTIONS"] = {"MAX_ENTRIES": 3000, **config.get("OPTIONS", {})}
        if value.startswith("file"):
            config["BACKEND"] = "home.page_cache.files.FileCache"
        return config

    def time_zone(self, name: str, default: str) -> str:
        """The name of a time zone."""
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise WrongValue(name, "a time zone of the IANA list, like America/Dominica") from None
        return value

    def names_and_passwords(self, name: str) -> list[str]:
        """Names with passwords, as ``name:password``, with commas between them."""
        should_be = "a name, a colon and a password of at least 16 letters, digits, _ or -, like provider:k3…"
        value = self.text(name, pattern=r"[\w-]+:[\w-]{16,}(\s*,\s*[\w-]+:[\w-]{16,})*", should_be=should_be)
        return [each.strip() for each in value.split(",") if each.strip()]

    def mailbox_url(self, name: str) -> str:
        """The address of a mailbox to be read; a password goes in the clear only within this machine."""
        should_be = "like imaps://user:password@host/INBOX or pops://user:password@host"
        value = self.optional_url(name, {"imaps", "pops", "imap", "pop"}, should_be)
        parts = urlsplit(value)
        if value and not (parts.username and parts.password):
            raise WrongValue(name, should_be)
        if value and parts.scheme in {"imap", "pop"} and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise WrongValue(name, f"{should_be}: {parts.scheme} without s is for a server on this machine")
        return value

    def mailbox(self, name: str, default: str) -> str:
        """A sender, as an address or as a name with an address."""
        value = self.text(name, default)
        if not value:
            return ""
        try:
            validate_email(parseaddr(value)[1], check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise WrongValue(name, "a sender like Campaign <campaign@example.org>") from None
        return value

    def email(self) -> dict[str, Any]:
        """Django's e-mail settings: from ``EMAIL_URL``, or an Anymail provider, or empty where neither is set."""
        url, provider = self.text("EMAIL_URL"), self.text("EMAIL_PROVIDER").lower()
        key, options = self.text("EMAIL_PROVIDER_KEY"), self.text("EMAIL_PROVIDER_OPTIONS", "{}")
        if url and provider:
            raise WrongValue("EMAIL_PROVIDER", "empty where EMAIL_URL is set: mail goes out one way only")
        if provider:
            return self._provider(provider, key, options)
        return self._mail_server("EMAIL_URL") if url else {}

    def _mail_server(self, name: str) -> dict[str, Any]:
        should_be = "like smtp://host:25, smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465"
        parts = urlsplit(self.optional_url(name, set(SMTP_PORTS), should_be))
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or SMTP_PORTS[parts.scheme],
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
            "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
            "EMAIL_TIMEOUT": 30,
        }

    def _provider(self, provider: str, key: str, options: str) -> dict[str, Any]:
        if provider not in PROVIDER_KEYS:
            raise WrongValue("EMAIL_PROVIDER", "one of " + ", ".join(sorted(PROVIDER_KEYS)))
        if not key:
            raise WrongValue("EMAIL_PROVIDER_KEY", f"the key that {provider} gave you")
        should_be = 'a JSON object of Anymail settings, like {"MAILGUN_SENDER_DOMAIN": "example.org"}'
        more = self._parsed("EMAIL_PROVIDER_OPTIONS", lambda: json.loads(options), should_be)
        if not isinstance(more, dict):
            raise WrongValue("EMAIL_PROVIDER_OPTIONS", should_be)
        return {
            "EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend",
            "ANYMAIL": {f"{provider.upper()}_{PROVIDER_KEYS[provider]}": key, **more},
        }


def stop(error: WrongValue) -> NoReturn:
    """End the start of the program with the error's one line on standard error and exit status 2."""
    print(error, file=sys.stderr, flush=True)
    raise SystemExit(2)
