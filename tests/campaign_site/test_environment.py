"""A wrong value stops the start with one line on standard error that names the variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaign_site.environment import Environment, WrongValue

ROOT = Path(__file__).resolve().parents[2]

WRONG = {
    "DEBUG": "perhaps",
    "PORT": "web",
    "SITE_URL": "example.org",
    "SECRET_KEY": "short",
    "FIELD_ENCRYPTION_KEY": "not-a-key",
    "ALLOWED_HOSTS": "https://example.org",
    "LOCAL_DIR": "/dev/null/nowhere",
    "MEDIA_DIR": "/dev/null/nowhere",
    "DATABASE_URL": "mysql://root@127.0.0.1/site",
    "CACHE_URL": "/var/cache/site",
    "PAGE_CACHE_SECONDS": "-1",
    "BROKER_URL": "127.0.0.1:5672",
    "OFFICE_TIME_ZONE": "Roseau",
    "DEFAULT_FROM_EMAIL": "the campaign",
    "EMAIL_URL": "smtp://",
    "EMAIL_PROVIDER": "pigeon",
    "TELEGRAM_BOT_TOKEN": "token",
    "TELEGRAM_API_URL": "ftp://example.org",
    "TELEGRAM_WEBHOOK_SECRET": "a secret with spaces",
    "ANYMAIL_WEBHOOK_SECRET": "provider:short",
    "BOUNCE_ADDRESS": "no address",
    "BOUNCE_MAILBOX_URL": "imap://user:password@mail.example.org/INBOX",
    "SANDBOX_SMTP_PORT": "70000",
    "SANDBOX_BOT_API_PORT": "0",
    "EMAIL_PER_SECOND": "-1",
    "EMAIL_CONNECTIONS": "0",
    "REACH_WINDOW_DAYS": "0",
    "TELEGRAM_PER_SECOND": "fast",
}


def start(command: list[str], **changed: str) -> "subprocess.CompletedProcess[str]":
    product = {"DJANGO_SETTINGS_MODULE": "campaign_site.settings", "DATABASE_URL": "sqlite://:memory:"}
    environment = {**os.environ, **product, **changed}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_a_wrong_value_raises_with_the_name(name: str, value: str) -> None:
    result = start(["-c", "import campaign_site.settings"], **{name: value})

    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"{name} should be ")
    assert result.stderr.count("\n") == 1


def test_every_variable_that_can_be_wrong_is_tried() -> None:
    from campaign_site.settings import env

    free_text = {"EMAIL_PROVIDER_KEY", "EMAIL_PROVIDER_OPTIONS"}  # below, together with EMAIL_PROVIDER
    assert set(WRONG) | free_text == env.names


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"EMAIL_PROVIDER": "brevo", "EMAIL_URL": "smtp://localhost"}, "EMAIL_PROVIDER"),
        ({"EMAIL_PROVIDER": "brevo"}, "EMAIL_PROVIDER_KEY"),
        (
            {"EMAIL_PROVIDER": "brevo", "EMAIL_PROVIDER_KEY": "k", "EMAIL_PROVIDER_OPTIONS": "{"},
            "EMAIL_PROVIDER_OPTIONS",
        ),
        (
            {"EMAIL_PROVIDER": "brevo", "EMAIL_PROVIDER_KEY": "k", "EMAIL_PROVIDER_OPTIONS": "[]"},
            "EMAIL_PROVIDER_OPTIONS",
        ),
    ],
)
def test_mail_goes_out_one_way_that_is_fully_described(
    changed: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in changed.items():
        monkeypatch.setenv(key, value)

    with pytest.raises(WrongValue, match=rf"^{name} should be "):
        Environment().email()


@pytest.mark.parametrize(
    ("value", "backend", "location"),
    [
        ("file:///var/cache/site", "home.page_cache.files.FileCache", "/var/cache/site"),
        ("db://kept_pages", "django.core.cache.backends.db.DatabaseCache", "kept_pages"),
        ("db://kept_pages?max_entries=90", "django.core.cache.backends.db.DatabaseCache", "kept_pages"),
        ("locmem://", "django.core.cache.backends.locmem.LocMemCache", ""),
    ],
)
def test_a_cache_is_where_its_address_says(
    value: str, backend: str, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CACHE_URL", value)

    cache = Environment().cache("CACHE_URL", "")

    assert (cache["BACKEND"], cache["LOCATION"]) == (backend, location)
    assert cache["OPTIONS"]["MAX_ENTRIES"] == (90 if "?" in value else 3000)


@pytest.mark.parametrize("value", ["file://", "redis://", "dbcache://kept_pages", "db://", "db://kept pages", "memory"])
def test_a_cache_that_no_address_names_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_URL", value)

    with pytest.raises(WrongValue, match=r"^CACHE_URL should be like file:///var/cache/site, "):
        Environment().cache("CACHE_URL", "")


def test_redis_is_refused_at_the_start_where_the_package_for_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CACHE_URL", "redis://127.0.0.1:6379/0")
    monkeypatch.setattr("campaign_site.environment.find_spec", lambda name: None)

    with pytest.raises(WrongValue, match="the Python package redis has to be installed too"):
        Environment().cache("CACHE_URL", "")


@pytest.mark.parametrize("command", [["manage.py", "check"], ["manage.py", "migrate"], ["manage.py", "demo"]])
def test_every_command_ends_with_status_2(command: list[str]) -> None:
    result = start(command, OFFICE_TIME_ZONE="Roseau")

    assert result.returncode == 2
    assert result.stderr == "OFFICE_TIME_ZONE should be a time zone of the IANA list, like America/Dominica\n"


def test_gunicorn_ends_before_it_listens() -> None:
    result = start(["-m", "gunicorn", "--config", "python:campaign_site.server"], OFFICE_TIME_ZONE="Roseau")

    assert result.returncode == 2
    assert result.stderr == "OFFICE_TIME_ZONE should be a time zone of the IANA list, like America/Dominica\n"


def test_gunicorn_without_our_configuration_gives_up_too(free_port: int) -> None:
    command = ["-m", "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{free_port}", "campaign_site.wsgi"]

    result = start(command, OFFICE_TIME_ZONE="Roseau")

    assert result.returncode == 3
    assert result.stderr.count("OFFICE_TIME_ZONE should be ") == 1


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_ENCRYPTION_KEY"])
def test_production_does_not_start_without_its_secrets(name: str) -> None:
    result = start(["manage.py", "check"], **{name: "", "DEBUG": "false"})

    assert result.returncode == 2
    assert result.stderr.startswith(f"{name} should be ")


def test_development_starts_without_secrets() -> None:
    assert start(["manage.py", "check"], SECRET_KEY="", FIELD_ENCRYPTION_KEY="", DEBUG="true").returncode == 0


def test_a_deployment_over_https_has_nothing_to_warn_of() -> None:
    result = start(
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        SITE_URL="https://example.org",
        SECRET_KEY="aB3-xyz" * 10,
    )

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False, False)),
        ("smtp+tls://me%40x:p%2Fw@mail.example.org", ("mail.example.org", 587, "me@x", "p/w", True, False)),
        ("smtp+ssl://me:pw@mail.example.org:4650", ("mail.example.org", 4650, "me", "pw", False, True)),
    ],
)
def test_a_mail_server_is_read_from_its_address(
    url: str, expected: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)

    found = Environment().email()

    names = ["HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL"]
    assert tuple(found[f"EMAIL_{name}"] for name in names) == expected


def test_a_provider_is_read_from_its_name_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_PROVIDER", "Mailgun")
    monkeypatch.setenv("EMAIL_PROVIDER_KEY", "key")
    monkeypatch.setenv("EMAIL_PROVIDER_OPTIONS", '{"MAILGUN_SENDER_DOMAIN": "example.org"}')

    assert Environment().email() == {
        "EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend",
        "ANYMAIL": {"MAILGUN_API_KEY": "key", "MAILGUN_SENDER_DOMAIN": "example.org"},
    }


def test_the_file_stands_in_only_for_what_the_process_was_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRST_OF_TWO", "process")
    monkeypatch.setenv("SECOND_OF_TWO", "")
    monkeypatch.delenv("SECOND_OF_TWO")
    file = tmp_path / ".env"
    file.write_text("FIRST_OF_TWO=file\nSECOND_OF_TWO=file\n")

    environment = Environment(file)

    assert (environment.text("FIRST_OF_TWO"), environment.text("SECOND_OF_TWO")) == ("process", "file")


def test_a_variable_set_to_nothing_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", " ")
    monkeypatch.setenv("PORT", "")

    environment = Environment()

    assert environment.flag("DEBUG", default=True)
    assert environment.integer("PORT", 8000, least=1, most=65535) == 8000


def test_several_hosts_are_read_with_blanks_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "example.org, .example.com,[::1]")

    assert Environment().hosts("ALLOWED_HOSTS", []) == ["example.org", ".example.com", "[::1]"]


@pytest.mark.parametrize("url", ["postgres://postgres@127.0.0.1:5432/site", "postgresql://u:p@db/site"])
def test_postgresql_is_kept_connected(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    found = Environment().database("DATABASE_URL", "")

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert found["CONN_MAX_AGE"] == 600


@pytest.mark.parametrize("url", ["postgres://127.0.0.1:5432/", "postgres://u@h:port/site", "nonsense"])
def test_half_a_database_address_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(WrongValue, match=r"^DATABASE_URL should be like sqlite:"):
        Environment().database("DATABASE_URL", "")


@pytest.mark.parametrize(
    "value",
    ["", "imaps://a%40b:c@mail.example.org/INBOX", "pops://a:b@mail.example.org:995", "imap://a:b@127.0.0.1:143"],
)
def test_a_mailbox_is_read_over_tls_or_on_this_machine(monkeypatch, value):
    monkeypatch.setenv("BOUNCE_MAILBOX_URL", value)

    assert Environment().mailbox_url("BOUNCE_MAILBOX_URL") == value


@pytest.mark.parametrize(
    "value", ["imaps://mail.example.org", "imaps://a@mail.example.org", "http://a:b@mail.example.org"]
)
def test_a_mailbox_without_a_name_and_a_password_is_none(monkeypatch, value):
    monkeypatch.setenv("BOUNCE_MAILBOX_URL", value)

    with pytest.raises(WrongValue, match="BOUNCE_MAILBOX_URL"):
        Environment().mailbox_url("BOUNCE_MAILBOX_URL")


def test_secrets_of_webhooks_can_be_changed_one_after_the_other(monkeypatch):
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", "new:0123456789abcdef, old:fedcba9876543210")

    assert Environment().names_and_passwords("ANYMAIL_WEBHOOK_SECRET") == [
        "new:0123456789abcdef",
        "old:fedcba9876543210",
    ]
