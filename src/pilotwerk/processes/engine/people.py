"""Who worked on a step: a pseudonym to count with, and the team. Nothing here can show a single person.

A pseudonym is HMAC-SHA256 of the name under a key of the process, cut to 64 bits: the same person gets the same
one in every import of the process, and who has the tables alone cannot try names. The name of a team is kept only
where at least five different people were seen working in it, since a smaller team is nearly a person.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pilotwerk.processes.domain.roles import ColumnMapping, Meaning
from pilotwerk.processes.engine.schema import CREATE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEWEST_PEOPLE = 5
_BATCH = 20_000
_BITS = 64


def pseudonym(name: str, key: bytes) -> str:
    """16 hexadecimal digits; "Meier" and " MEIER" are the same person."""
    plain = " ".join(name.split()).casefold()
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[: _BITS // 4]


def _named(con: "DuckDBPyConnection", column: Meaning, mapping: ColumnMapping, key: bytes) -> bool:
    """Creates `<column>_names(name, pseudonym, no)` from `read`. False where no row has such a value."""
    table = f"{column}_names"
    con.execute(f"CREATE TABLE {table} (name VARCHAR, pseudonym VARCHAR, no INTEGER)")
    if column not in mapping.columns:
        return False
    names = [
        row[0]
        for row in con.execute(
            f"SELECT {column} FROM read WHERE fault IS NULL AND {column} IS NOT NULL "  # noqa: S608 -- own names
            f"GROUP BY {column} ORDER BY min(row)"
        ).fetchall()
    ]
    numbers: dict[str, int] = {}
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        codes = [pseudonym(name, key) for name in batch]
        given = [numbers.setdefault(code, len(numbers)) for code in codes]
        con.execute(
            f"INSERT INTO {table} SELECT unnest($names), unnest($codes), unnest($numbers)",
            {"names": batch, "codes": codes, "numbers": given},
        )
    return bool(numbers)


@contextmanager
def name_people(con: "DuckDBPyConnection", mapping: ColumnMapping, key: bytes) -> Iterator[tuple[str, str]]:
    """Gives the columns `team_no, resource_no` of `events` and the joins that they need, for rows of `read`.

    Afterwards `teams` and `resources` are there, and the names of people are nowhere.
    """
    columns, joins = [], []
    for column in (Meaning.TEAM, Meaning.RESOURCE):
        if _named(con, column, mapping, key):
            columns.append(f"{column}_names.no AS {column}_no")
            joins.append(f"LEFT JOIN {column}_names ON {column}_names.name = read.{column}")
        else:
            columns.append(f"NULL::INTEGER AS {column}_no")
    yield ", ".join(columns), " ".join(joins)
    con.execute(CREATE["teams"])
    con.execute(
        "INSERT INTO teams SELECT no, any_value(pseudonym), min(name), 0 FROM team_names GROUP BY no ORDER BY no"
    )
    con.execute(CREATE["resources"])
    con.execute(
        "INSERT INTO resources SELECT no, any_value(pseudonym) FROM resource_names GROUP BY no ORDER BY no"
    )
    con.execute("DROP TABLE team_names")
    con.execute("DROP TABLE resource_names")


def count_people(con: "DuckDBPyConnection") -> None:
    """Counts the people of each team over all events and forgets the names of teams that are too small.

    Without a column of people nobody can tell how many a team has: then no team has a name.
    """
    if con.execute("SELECT 1 FROM teams LIMIT 1").fetchone() is None:
        return
    con.execute(
        "UPDATE teams SET people = coalesce((SELECT count(DISTINCT resource_no) FROM events "
        "WHERE events.team_no = teams.team_no), 0)"
    )
    con.execute(f"UPDATE teams SET name = NULL WHERE people < {FEWEST_PEOPLE:d}")  # noqa: S608


def people_facts(con: "DuckDBPyConnection") -> dict[str, int | None] | None:
    """How many people and teams the log knows; None where it names none.

    `people` is None for fewer than five, `teams_shown` counts the teams that may be shown.
    """
    row = con.execute(
        "SELECT (SELECT count(*) FROM resources), (SELECT count(*) FROM teams), (SELECT count(name) FROM teams)"
    ).fetchone()
    people, teams, shown = row or (0, 0, 0)
    if not people and not teams:
        return None
    return {"people": people if people >= FEWEST_PEOPLE else None, "teams": teams, "teams_shown": shown}
