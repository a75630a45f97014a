"""The company's own database for stories: a file of SQLite, or PostgreSQL where the suite runs there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection as django_connection

from pilotwerk.core.secrets import seal
from pilotwerk.processes.databases.address import PURPOSE
from pilotwerk.processes.models import DatabaseConnection


@dataclass
class Place:
    """The company's database: statements run in it, and how Pilotwerk gets there."""

    database: DatabaseConnection
    path: Path | None = None

    def run(self, statement: str, *rows: tuple[Any, ...]) -> list[Any]:
        if self.path is not None:
            with sqlite3.connect(self.path) as con:
                for row in rows:
                    con.execute(statement, row)
                return [] if rows else con.execute(statement).fetchall()
        with django_connection.cursor() as cursor:
            for row in rows:
                cursor.execute(statement.replace("?", "%s"), row)
            if rows:
                return []
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def database(folder: Path, settings: Any, name: str, *tables: str) -> Iterator[Place]:
    """A database without these tables, before and after. The test must commit: it is read over a second connection."""
    found = (
        _postgresql(settings, name)
        if django_connection.vendor == "postgresql"
        else _file(folder, settings, name)
    )
    for table in tables:
        found.run(f"DROP TABLE IF EXISTS {table}")
    yield found
    for table in tables:
        found.run(f"DROP TABLE IF EXISTS {table}")


def _postgresql(settings: Any, name: str) -> Place:
    real = django_connection.settings_dict
    host, port = real["HOST"] or "127.0.0.1", int(real["PORT"] or 5432)
    settings.PILOTWERK_SQL_HOSTS = {host}
    password = seal(real["PASSWORD"], purpose=PURPOSE) if real["PASSWORD"] else ""
    return Place(
        DatabaseConnection(
            name=name,
            dialect="postgresql",
            host=host,
            port=port,
            database=real["NAME"],
            username=real["USER"],
            password=password,
        )
    )


def _file(folder: Path, settings: Any, name: str) -> Place:
    folder = folder / "datenbanken"
    folder.mkdir()
    settings.PILOTWERK_SQL_FOLDER = folder
    path = folder / "firma.db"
    sqlite3.connect(path).close()
    return Place(DatabaseConnection(name=name, dialect="sqlite", database=path.name), path)
