"""Fixtures for all tests, in the rooms and in tests/."""

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("PILOTWERK_DATA_DIR", str(ROOT / "var" / "test"))
os.environ.setdefault("PILOTWERK_DEMO", "off")


USES_DATABASE = frozenset({"db", "transactional_db"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as `database` what may read or write one; pytest-django refuses it to all others.

    Only these run on PostgreSQL as well. Tests whose own processes do it carry the mark in their file; see
    tests/architecture/test_database.py.
    """
    for item in items:
        if item.get_closest_marker("django_db") or USES_DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


@pytest.fixture(autouse=True)
def _fast_and_private(settings: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """Fast password hashes, German texts, and a data folder of its own for every test."""
    from django.utils import translation

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.PILOTWERK_DATA_DIR = tmp_path / "data"  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    with translation.override("de"):
        yield


@pytest.fixture(autouse=True)
def _same_draw_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeds of the draw are secret and random; in a test they are the same every time, or one in sixty-four runs gives
    six requests out of six to the control arm and fails.
    """
    from pilotwerk.pilots.domain import assignment

    seeds = (sha256(f"test {number}".encode()).hexdigest() for number in count())
    monkeypatch.setattr(
        assignment, "secrets", SimpleNamespace(token_hex=lambda size: next(seeds)[: 2 * size])
    )


@pytest.fixture(autouse=True, scope="session")
def _tables_may_be_emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions empty all tables afterwards; the append-only triggers would refuse that."""
    from django.test import TransactionTestCase

    from pilotwerk.audit import triggers

    teardown = TransactionTestCase._fixture_teardown

    def without_triggers(self: TransactionTestCase) -> None:
        with triggers.suspended():
            teardown(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_triggers)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """The database of the tests is a copy of the migrated one, instead of migrated anew in each process of each run."""
    from django.core.management.commands import migrate
    from django.db import connection

    from tests import migrated

    if connection.vendor == "postgresql":
        template = migrated.on_postgresql(os.environ["DATABASE_URL"])
        connection.settings_dict["TEST"]["TEMPLATE"] = template

    def copied(*_args: object, **_options: object) -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            migrated.load(migrated.file(), connection.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate.Command, "handle", copied)
        yield


@pytest.fixture
def cast(db: None) -> object:
    """See tests/cast.py."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets, or a skip that says how to get it."""
    folder = Path(os.environ.get("PILOTWERK_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data sets at {folder}: set PILOTWERK_TEST_DATA to their folder")
    return folder
