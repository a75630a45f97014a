"""The database itself refuses to change or delete entries and checkpoints: a second line behind the tree.

One exception: while an organisation is being deleted, its identifier stands in the table of purges, and then
its rows may go. `services.log_purge` puts it there and takes it away again in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("audit_auditentry", "audit_auditcheckpoint")
PURGES = "audit_auditpurge"
REFUSAL = "the audit trail is append-only"


def create(database: BaseDatabaseWrapper) -> None:
    """Put the triggers onto both tables, on SQLite or PostgreSQL."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for table in TABLES:
            for statement in _statements(database.vendor, table):
                cursor.execute(statement)


def drop(database: BaseDatabaseWrapper) -> None:
    """Take the triggers away. For migrating backwards, and for tests that empty all tables."""
    with database.cursor() as cursor:
        for table in TABLES:
            for event in ("update", "delete"):
                on = f" ON {table}" if database.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")


@contextmanager
def suspended() -> Iterator[None]:
    """For tests that empty all tables between each other. Never for the running program."""
    drop(connection)
    try:
        yield
    finally:
        create(connection)


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"CREATE OR REPLACE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
            for event in ("update", "delete")
        ]
    purged = f"EXISTS (SELECT 1 FROM {PURGES} WHERE organisation_id = OLD.organisation_id)"  # noqa: S608
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {purged} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ]


_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM {PURGES} WHERE organisation_id = OLD.organisation_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""  # noqa: S608
