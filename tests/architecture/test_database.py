"""What the two runs of the suite and their copied databases rest on: who may touch the database, and what makes it."""

import re
from pathlib import Path

import pytest
from django.db import connection

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
THIS = Path(__file__).name


def test_a_test_without_the_mark_cannot_reach_the_database(request: pytest.FixtureRequest) -> None:
    """So nothing is lost when it does not run on PostgreSQL."""
    assert request.node.get_closest_marker("database") is None
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()


def test_a_fixture_that_opens_the_database_sets_the_mark(
    cast: object, request: pytest.FixtureRequest
) -> None:
    assert request.node.get_closest_marker("database") is not None


@pytest.mark.django_db
def test_the_decorator_sets_the_mark(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("database") is not None


def test_whose_processes_use_the_server_says_so() -> None:
    """Nothing stops processes of a test; a file that hands them the server's address has the mark."""
    for path in [*ROOT.glob("src/**/tests/test_*.py"), *ROOT.glob("tests/**/test_*.py")]:
        text = path.read_text(encoding="utf-8")
        if path.name != THIS and re.search(r"\bplayed\(|ON_POSTGRESQL", text):
            assert len(re.findall(r"^def test_", text, re.M)) == text.count("@pytest.mark.database"), path
        # A fixture that is asked for only while the test runs would not be seen when the mark is set.
        assert path.name == THIS or "getfixturevalue" not in text, path


def test_migrations_use_nothing_by_which_the_copied_database_would_grow_old() -> None:
    """The copy is made anew when a migration changes, or one of the few files that migrations use."""
    used = {"pilotwerk." + name.removesuffix(".py").replace("/", ".") for name in migrated.USED}
    for path in migrated.ROOMS.rglob("migrations/*.py"):
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"^(?:import (\S+)|from (\S+) import (\w+))", text, re.M)
        names = {whole or f"{package}.{name}" for whole, package, name in found}
        ours = {name for name in names if name.startswith("pilotwerk.")}
        assert ours <= used, f"{path}: {ours - used} belongs into tests/migrated.py, USED"
