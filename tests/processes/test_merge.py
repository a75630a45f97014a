"""A new export of the same process: nothing counts twice, nothing is lost, and the order of exports says who wins."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.processes.domain.roles import Kind, Meaning, mapping_from
from pilotwerk.processes.engine.cases import normalise
from pilotwerk.processes.engine.merge import Union, unite
from pilotwerk.processes.engine.people import count_people
from pilotwerk.processes.engine.store import store
from pilotwerk.processes.reading import Source, open_source
from tests.processes.files import table, write

LOG = ("Nr", "Schritt", "Zeit", "Team", "Person", "Minuten")
LOG_MAPPING = mapping_from(
    Kind.EVENT_LOG,
    {
        "case": "Nr",
        "activity": "Schritt",
        "time": "Zeit",
        "team": "Team",
        "resource": "Person",
        "handling": "Minuten",
    },
)
CASES = ("Nr", "Beginn", "Ende", "Text")
CASE_MAPPING = mapping_from(Kind.CASE_TABLE, {"case": "Nr", "start": "Beginn", "end": "Ende", "text": "Text"})
KEY = b"a key of the process"

Event = tuple[str, str, str, str, str, str]


@contextmanager
def export(folder: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Source]:
    path = write(folder / "export.csv", table([header, *rows]))
    with open_source(path) as source:
        normalise(source, LOG_MAPPING if header is LOG else CASE_MAPPING, KEY)
        yield source


def history(folder: Path, kind: Kind, *exports: Sequence[Sequence[str]]) -> list[Union]:
    """Imports one export after the other; the last state lies in folder/state."""
    unions = []
    header = LOG if kind is Kind.EVENT_LOG else CASES
    for number, rows in enumerate(exports):
        with export(folder, header, rows) as source:
            if number:
                unions.append(unite(source.con, folder / "state", kind))
            count_people(source.con)
            store(source.con, folder / "state")
    return unions


def read(folder: Path, sql: str) -> list[tuple[object, ...]]:
    import duckdb

    with duckdb.connect() as con:
        for name in ("cases", "activities", "events", "teams", "resources"):
            con.execute(f"CREATE VIEW {name} AS FROM read_parquet('{folder / 'state' / name}.parquet')")
        return con.execute(sql).fetchall()


def events(folder: Path) -> Counter[tuple[object, ...]]:
    return Counter(
        read(
            folder,
            "SELECT case_id, name, strftime(make_timestamp(t), '%d.%m.%Y') FROM events "
            "JOIN cases USING (case_no) JOIN activities USING (activity_no)",
        )
    )


FIRST: list[Event] = [
    ("1", "Eingang", "01.04.2026", "Büro", "Abel", "2"),
    ("1", "Antwort", "03.04.2026", "Büro", "Berg", "10"),
    ("2", "Eingang", "02.04.2026", "Büro", "Abel", "2"),
]
SECOND: list[Event] = [
    ("1", "Eingang", "01.04.2026", "Büro", "Abel", "2"),
    ("1", "Antwort", "03.04.2026", "Büro", "Berg", "10"),
    ("2", "Eingang", "02.04.2026", "Büro", "Abel", "2"),
    ("2", "Antwort", "09.04.2026", "Technik", "Cohn", "20"),
    ("3", "Eingang", "08.04.2026", "Büro", "Abel", "2"),
]


def test_a_longer_export_adds_what_is_new_and_nothing_twice(tmp_path: Path) -> None:
    assert history(tmp_path, Kind.EVENT_LOG, FIRST, SECOND) == [Union(new=1, changed=1, known=1, kept=0)]
    assert events(tmp_path) == Counter({(a, b, c): 1 for a, b, c, *_ in SECOND})
    assert read(tmp_path, "SELECT case_id, handling FROM cases ORDER BY case_no") == [
        ("1", 12.0), ("2", 22.0), ("3", 2.0),
    ]  # fmt: skip


def test_an_export_of_new_events_only_keeps_the_earlier_ones(tmp_path: Path) -> None:
    only_new = [row for row in SECOND if row not in FIRST]
    assert history(tmp_path, Kind.EVENT_LOG, FIRST, only_new) == [Union(new=1, changed=1, known=0, kept=1)]
    assert events(tmp_path) == Counter({(a, b, c): 1 for a, b, c, *_ in SECOND})
    days = read(tmp_path, "SELECT (closed - opened) / 86400e6 FROM cases WHERE case_id = '2'")
    assert days == [(7.0,)]


def test_the_same_export_again_changes_nothing(tmp_path: Path) -> None:
    twice = [*SECOND, SECOND[0]]  # a double inside one export stays one
    [union] = history(tmp_path, Kind.EVENT_LOG, twice, twice)
    assert union == Union(new=0, changed=0, known=3, kept=0)
    assert events(tmp_path)[("1", "Eingang", "01.04.2026")] == 2


def test_the_later_export_says_who_did_it(tmp_path: Path) -> None:
    moved = [("1", "Antwort", "03.04.2026", "Technik", "Cohn", "30")]
    assert history(tmp_path, Kind.EVENT_LOG, FIRST, moved) == [Union(new=0, changed=1, known=0, kept=1)]
    assert read(tmp_path, "SELECT handling FROM cases WHERE case_id = '1'") == [(32.0,)]
    assert read(tmp_path, "SELECT count(*) FROM resources") == [(3,)]


def test_one_row_a_case_the_later_row_replaces_the_earlier(tmp_path: Path) -> None:
    first = [("1", "01.04.2026", "", "Heizung kalt"), ("2", "02.04.2026", "", "Hahn tropft")]
    second = [("2", "02.04.2026", "05.04.2026", "Hahn tropft"), ("3", "04.04.2026", "", "Rohr")]
    assert history(tmp_path, Kind.CASE_TABLE, first, second) == [Union(new=1, changed=1, known=0, kept=1)]
    assert read(tmp_path, "SELECT case_id, closed IS NOT NULL, text FROM cases ORDER BY case_no") == [
        ("1", False, "Heizung kalt"), ("2", True, "Hahn tropft"), ("3", False, "Rohr"),
    ]  # fmt: skip


def test_a_team_is_named_once_five_people_were_seen_in_it(tmp_path: Path) -> None:
    def day(person: str, case: str) -> Event:
        return (case, "Eingang", "01.04.2026", "Büro", person, "1")

    small = [day(person, f"a{n}") for n, person in enumerate(("Abel", "Berg", "Cohn", "Dorn", " abel"))]
    history(tmp_path, Kind.EVENT_LOG, small)
    assert read(tmp_path, "SELECT name, people FROM teams") == [(None, 4)]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert not any(name in kept for name in (b"Abel", b"Berg", "Büro".encode()))
    history(tmp_path, Kind.EVENT_LOG, small, [day("Ernst", "b1"), day("Abel", "b2")])
    assert read(tmp_path, "SELECT name, people FROM teams") == [("Büro", 5)]


def test_without_a_column_of_people_no_team_has_a_name(tmp_path: Path) -> None:
    rows = [(f"{n}", "Eingang", "01.04.2026", "Büro", "", "1") for n in range(20)]
    history(tmp_path, Kind.EVENT_LOG, rows)
    assert read(tmp_path, "SELECT name, people FROM teams") == [(None, 0)]
    assert Meaning.TEAM in LOG_MAPPING.columns


EVENT = st.tuples(
    st.sampled_from("123"), st.sampled_from("AB"), st.sampled_from(["01.04.2026", "02.04.2026"]),
    st.just("Büro"), st.sampled_from(["Abel", "Berg"]), st.just("1"),
)  # fmt: skip
ROWS = st.lists(EVENT, min_size=1, max_size=6)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(ROWS, ROWS)
def test_the_union_holds_each_event_as_often_as_the_fuller_export(
    tmp_path_factory: pytest.TempPathFactory, first: list[Event], second: list[Event]
) -> None:
    def count(rows: list[Event]) -> Counter[tuple[object, ...]]:
        return Counter((a, b, c) for a, b, c, *_ in rows)

    folder = tmp_path_factory.mktemp("a")
    [union] = history(folder, Kind.EVENT_LOG, first, second)
    assert events(folder) == count(first) | count(second)
    old, fresh = {row[0] for row in first}, {row[0] for row in second}
    assert (union.new, union.changed + union.known, union.kept) == (
        len(fresh - old), len(fresh & old), len(old - fresh),
    )  # fmt: skip
    # once more: idempotent
    [*_, again] = history(folder, Kind.EVENT_LOG, first, second, second)
    assert (again.new, again.changed, again.known) == (0, 0, len(fresh))
