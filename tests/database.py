"""The database under test: a copy of one that every migration ran on, which is kept for the next time.

All migrations together take longer than most folders of tests, so they run once for a state of their files: on SQLite
into a file below ``.pytest_cache``, on PostgreSQL into a database beside the one under test. ``--create-db`` makes it
anew. A test with real transactions leaves the database as the migrations made it, so that any other may follow.
"""

import ast
import fcntl
import gc
import inspect
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management.color import Style
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / ".pytest_cache" / "d" / "databases"
PREFIX = "template_campaign_tests_"
KEPT = 4
"""How many states of the migrations are kept: branches that a developer goes to and fro between."""
LOCK = 0x5EED
"""The advisory lock under which templates are made, copied and dropped on a PostgreSQL server."""


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The migrated database, for this process alone; taken away in the end."""
    anew = bool(request.config.getvalue("create_db")) and not hasattr(request.config, "workerinput")
    original = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        copy = _copy_on_postgres if connection.vendor == "postgresql" else _copy_on_sqlite
        _use(copy(f"{PREFIX}{fingerprint()}", anew=anew))
        # What follows from the code after each migration, such as the roles and what they may do.
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        ground = Ground()
        connection.ops.sql_flush = ground.sql_flush
        connection.ops.execute_sql_flush = ground.execute_sql_flush
    yield
    with django_db_blocker.unblock():
        connection.creation.destroy_test_db(original, verbosity=0)


class Ground:
    """What the migrations put into the tables: to be there again after a test with real transactions.

    Its two methods stand in for those of the same name of Django's database operations.
    """

    def __init__(self) -> None:
        self.tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        self.rows: dict[str, list[tuple]] = {}
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                self.rows[table] = cursor.fetchall()

    def sql_flush(self, style: Style, tables: Sequence[str], **options: bool) -> list[str]:
        """How to empty the tables: truncating a hundred takes PostgreSQL seconds, for a few rows.

        People come first, since nothing else takes their entries out of the consent ledger.
        """
        people_first = sorted(tables, key=lambda table: table != "outreach_subscriber")
        return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in people_first]

    def execute_sql_flush(self, statements: Iterable[str]) -> None:
        """Empty the tables and put in what was there in the beginning."""
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            for table, rows in self.rows.items():
                if rows:
                    places = ", ".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {connection.ops.quote_name(table)} VALUES ({places})", rows)


def fingerprint() -> str:
    """What a migrated database depends on: the migrations of every app, what they take from the site's code, Django.

    Of models only what becomes a permission or a type of content, and of the settings only what says which tables there
    are and how they are kept: so that other changes of theirs don't make it anew.
    """
    database = settings.DATABASES["default"]
    digest = sha256(
        repr((django.VERSION, settings.LANGUAGES, settings.LANGUAGE_CODE, settings.AUTH_USER_MODEL)).encode()
    )
    digest.update(repr((settings.INSTALLED_APPS, database["ENGINE"], database.get("OPTIONS"))).encode())
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label):
        meta = model._meta
        named = str(meta.verbose_name_raw)
        digest.update(repr((meta.label, named, meta.default_permissions, meta.permissions, meta.proxy)).encode())
    loader = MigrationLoader(None, ignore_no_migrations=True)
    modules = {type(migration).__module__ for migration in loader.disk_migrations.values()}
    for module in sorted({*modules, *(name for each in modules for name in _taken_from_code(each))}):
        digest.update(module.encode())
        digest.update(_source(module))
    return digest.hexdigest()[:16]


def _taken_from_code(migration: str) -> Iterator[str]:
    """The site's own modules that a migration imports, such as those of its defaults."""
    for node in ast.walk(ast.parse(_source(migration))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from (name for name in names if name.partition(".")[0] in ("campaign_site", "home", "outreach"))


def _source(module: str) -> bytes:
    return Path(inspect.getfile(__import__(module, fromlist=["_"]))).read_bytes()


def _copy_on_sqlite(template: str, *, anew: bool) -> str:
    name = str(connection.settings_dict["TEST"]["NAME"])
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    kept = TEMPLATES / f"{template}.sqlite3"
    with (TEMPLATES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if anew or not kept.exists():
            unfinished = f"{kept}.unfinished"
            _migrate(unfinished)
            os.replace(unfinished, kept)
        for old in sorted(TEMPLATES.glob(f"{PREFIX}*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink()
        shutil.copyfile(kept, name)
    return name


def _copy_on_postgres(template: str, *, anew: bool) -> str:
    name = connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}"
    with _server() as execute:
        execute("SELECT pg_advisory_lock(%s)", [LOCK])
        # The oldest come first: PostgreSQL numbers databases as they are made.
        known = execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid", [PREFIX])
        unfinished, templates = f"{template}_unfinished", []
        for (each,) in known:
            if each.removeprefix(PREFIX).isalnum():
                templates.append(each)
            else:
                # An interrupted run left it: nobody else makes one while this one holds the lock.
                execute(f'DROP DATABASE "{each}"')
        if anew or template not in templates:
            _migrate(unfinished)
            execute(f'DROP DATABASE IF EXISTS "{template}"')
            execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')
            templates = [*(each for each in templates if each != template), template]
        for old in templates[:-KEPT]:
            if old != template:
                execute(f'DROP DATABASE "{old}"')
        execute(f'DROP DATABASE IF EXISTS "{name}"')
        execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        # It need not outlive a power failure.
        execute(f'ALTER DATABASE "{name}" SET synchronous_commit TO off')
    return name


@contextmanager
def _server() -> Iterator:
    """Ask the server beside the database under test; what it holds locked is let go in the end."""
    with connection._nodb_cursor() as cursor:

        def execute(statement: str, values: list | None = None) -> list[tuple]:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        yield execute


def _migrate(name: str) -> None:
    """Make the database of that name anew and run every migration on it."""
    original, test_name = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    # A migration renders all models anew: a million objects that stay, through which a collection would search in vain.
    gc.disable()
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        gc.freeze()
        gc.enable()
        connection.settings_dict["TEST"]["NAME"] = test_name
        _use(original)


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
