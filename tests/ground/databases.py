"""Databases for one run: made, copied and dropped; the process that drives a run can turn from one to another."""

import itertools
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
SQLITE, POSTGRES = "sqlite", "postgres"
SERVER = os.environ.get("POSTGRES_SERVER", "postgres://postgres@127.0.0.1:5432")
"""Where databases are made on PostgreSQL: user, host and port, without a name. ``POSTGRES_SERVER`` says otherwise."""


@dataclass(frozen=True)
class Database:
    """One database of a run: ``place`` is a file's path on SQLite and a database's name on PostgreSQL."""

    kind: str
    place: str

    @property
    def url(self) -> str:
        """The address for ``DATABASE_URL``."""
        return f"sqlite:///{self.place}" if self.kind == SQLITE else f"{SERVER}/{self.place}"

    def copy(self, name: str) -> "Database":
        """Another database with the same content; nobody may be connected to this one."""
        if self.kind == SQLITE:
            target = Path(self.place).with_name(f"{name}.sqlite3")
            target.unlink(missing_ok=True)
            with sqlite3.connect(self.place) as source, sqlite3.connect(target) as copied:
                source.backup(copied)
            return Database(SQLITE, str(target))
        copied_name = f"{self.place}_{name}"
        _on_server(f'DROP DATABASE IF EXISTS "{copied_name}" WITH (FORCE)')
        _on_server(f'CREATE DATABASE "{copied_name}" TEMPLATE "{self.place}"')
        return Database(POSTGRES, copied_name)

    def drop(self) -> None:
        """Remove it, whoever is still connected."""
        if self.kind == SQLITE:
            for path in Path(self.place).parent.glob(Path(self.place).name + "*"):
                path.unlink()
        else:
            _on_server(f'DROP DATABASE IF EXISTS "{self.place}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(statement)


class Yard:
    """Makes the databases of one run in ``folder``; migrates once on each kind, and copies that."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self._empty: dict[str, Database] = {}
        self._names = itertools.count(1)

    def make(self, kind: str) -> Database:
        """A new, migrated database."""
        if kind not in self._empty:
            self._empty[kind] = self._migrated(kind)
        return self._empty[kind].copy(f"ground{next(self._names)}")

    def _migrated(self, kind: str) -> Database:
        if kind == SQLITE:
            database = Database(SQLITE, str(self._folder / "empty.sqlite3"))
        else:
            database = Database(POSTGRES, f"campaign_ground_{os.getpid()}")
            database.drop()
            _on_server(f'CREATE DATABASE "{database.place}"')
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env={**self._environment, "DATABASE_URL": database.url},
            check=True,
        )
        return database

    def close(self) -> None:
        """Drop what was copied from; the copies are their users'."""
        for database in self._empty.values():
            database.drop()


def attach(database: Database) -> None:
    """Let this process's models read and write ``database`` from now on."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections

    from campaign_site.environment import Environment

    detach()
    os.environ["DATABASE_URL"] = database.url
    read = Environment().database("DATABASE_URL", database.url)
    connections.settings["default"] = connections.configure_settings({"default": read})["default"]
    del connections["default"]
    ContentType.objects.clear_cache()


def detach() -> None:
    """Close this process's connection, so that the database can be copied."""
    from django.db import connection

    connection.close()
