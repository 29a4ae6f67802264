"""Reads settings from the environment; a wrong value stops the start with one line.

Each reader returns a checked value or raises :class:`WrongValue`, whose text names the variable and says what it should
be. ``settings.py`` turns that into one line on standard error and exit status 2.
"""

import base64
import binascii
import json
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import dj_database_url
from environs import Env, EnvError

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
"""Ways to reach a mail server, each with its usual port; ``+tls`` starts plain and turns to TLS, ``+ssl`` is TLS at once."""


class WrongValue(Exception):
    """A variable holds something that can't be used; the text is one line for the person who starts the program."""

    def __init__(self, name: str, should_be: str) -> None:
        super().__init__(f"{name} should be {should_be}")


class Environment:
    """The process's environment, and below it the file ``.env`` that ``make demo`` writes."""

    def __init__(self, file: Path | None = None) -> None:
        self._env = Env()
        if file and file.is_file():
            self._env.read_env(str(file), recurse=False)

    def text(self, name: str, default: str = "") -> str:
        return self._env.str(name, default).strip()

    def flag(self, name: str, default: bool = False) -> bool:
        try:
            return self._env.bool(name, default)
        except EnvError:
            raise WrongValue(name, "true or false") from None

    def words(self, name: str, default: list[str]) -> list[str]:
        return [word.strip() for word in self.text(name).split(",") if word.strip()] or default

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        should_be = f"a whole number from {least} to {most}"
        try:
            value = self._env.int(name, default)
        except EnvError:
            raise WrongValue(name, should_be) from None
        if not least <= value <= most:
            raise WrongValue(name, should_be)
        return value

    def site_url(self, name: str, default: str) -> str:
        return self._address(name, default, {"http", "https"}, "an address like https://example.org").rstrip("/")

    def optional_url(self, name: str, schemes: set[str], should_be: str) -> str:
        return self._address(name, "", schemes, should_be) if self.text(name) else ""

    def _address(self, name: str, default: str, schemes: set[str], should_be: str) -> str:
        value = self.text(name, default)
        parts = self._parsed(name, lambda: urlsplit(value), should_be)
        if parts.scheme not in schemes or not parts.hostname:
            raise WrongValue(name, should_be)
        return value

    @staticmethod
    def _parsed(name: str, parse: Callable[[], Any], should_be: str) -> Any:
        try:
            return parse()
        except (ValueError, KeyError):
            raise WrongValue(name, should_be) from None

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
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            }
        return config

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise WrongValue(name, "a time zone of the IANA list, like America/Dominica") from None
        return value

    def field_keys(self, name: str) -> list[str]:
        """Fernet keys, the one that encrypts first, older ones that still decrypt after it."""
        should_be = "one or more Fernet keys (32 bytes in URL-safe base64), separated by commas, the newest first"
        keys = self.words(name, [])
        for key in keys:
            try:
                if len(base64.urlsafe_b64decode(key)) != 32:
                    raise WrongValue(name, should_be)
            except (binascii.Error, ValueError):
                raise WrongValue(name, should_be) from None
        return keys

    def email(self) -> dict[str, Any]:
        """Django's e-mail settings: from ``EMAIL_URL``, or an Anymail provider, or empty where neither is set."""
        url, provider = self.text("EMAIL_URL"), self.text("EMAIL_PROVIDER").lower()
        if url and provider:
            raise WrongValue("EMAIL_PROVIDER", "empty where EMAIL_URL is set: mail goes out one way only")
        if provider:
            return self._provider(provider)
        if not url:
            return {}
        should_be = "like smtp://host:25, smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465"
        parts = self._parsed("EMAIL_URL", lambda: (urlsplit(url), urlsplit(url).port), should_be)[0]
        if parts.scheme not in SMTP_PORTS or not parts.hostname:
            raise WrongValue("EMAIL_URL", should_be)
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

    def _provider(self, provider: str) -> dict[str, Any]:
        if provider not in PROVIDER_KEYS:
            raise WrongValue("EMAIL_PROVIDER", "one of " + ", ".join(sorted(PROVIDER_KEYS)))
        key = self.text("EMAIL_PROVIDER_KEY")
        if not key:
            raise WrongValue("EMAIL_PROVIDER_KEY", f"the key that {provider} gave you")
        should_be = 'a JSON object of Anymail settings, like {"MAILGUN_SENDER_DOMAIN": "example.org"}'
        options = self._parsed(
            "EMAIL_PROVIDER_OPTIONS", lambda: json.loads(self.text("EMAIL_PROVIDER_OPTIONS", "{}")), should_be
        )
        if not isinstance(options, dict):
            raise WrongValue("EMAIL_PROVIDER_OPTIONS", should_be)
        return {
            "EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend",
            "ANYMAIL": {f"{provider.upper()}_{PROVIDER_KEYS[provider]}": key, **options},
        }


def stop(error: WrongValue) -> NoReturn:
    """End the start of the program with the error's one line on standard error and exit status 2."""
    import sys

    print(error, file=sys.stderr, flush=True)
    raise SystemExit(2)
