"""Hundreds of tables in the dialects of the wild: each row is read back as it was meant, or named with the reason."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from pilotwerk.processes.domain.roles import Kind, mapping_from
from pilotwerk.processes.engine.cases import normalise
from pilotwerk.processes.reading import open_source
from tests.processes.wild import (
    MAPPING,
    MINUTES,
    TEXT,
    Rejected,
    Row,
    Shape,
    Taken,
    rows,
    shape_number,
    write_table,
)

SHAPES = 240
XES_MAPPING = {
    "case": "case:concept:name", "activity": "concept:name", "time": "time:timestamp",
    "handling": MINUTES, "text": TEXT,
}  # fmt: skip


def read(
    path: object, shape: Shape, columns: tuple[str, ...] | None = None
) -> tuple[list[Taken], list[Rejected]]:
    kind, wanted = (Kind.EVENT_LOG, XES_MAPPING) if shape.kind == "xes" else (Kind.CASE_TABLE, MAPPING)
    with open_source(path) as source:  # type: ignore[arg-type]
        known = {meaning: name for meaning, name in wanted.items() if name in source.columns}
        normalised = normalise(source, mapping_from(kind, known))
        found = source.con.execute(
            "SELECT case_id, opened, handling, text FROM cases ORDER BY case_no"
        ).fetchall()
    start = dt.datetime(1970, 1, 1)  # noqa: DTZ001
    taken = [
        (case, start + dt.timedelta(microseconds=us), minutes, text) for case, us, minutes, text in found
    ]
    return taken, [(one.row, one.column, one.code) for one in normalised.rejected]


@pytest.mark.parametrize("number", range(SHAPES))
def test_tables_of_the_wild_are_read_back_or_rejected_with_row_and_column(
    tmp_path_factory: pytest.TempPathFactory, number: int
) -> None:
    folder, shape = tmp_path_factory.mktemp("wild"), shape_number(number)

    @settings(
        max_examples=2,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(rows(shape))
    def check(table_rows: list[Row]) -> None:
        path, taken, rejected = write_table(folder, shape, table_rows)
        found_taken, found_rejected = read(path, shape)
        assert found_rejected == rejected
        assert [(case, start, text) for case, start, _, text in found_taken] == [
            (case, start, text) for case, start, _, text in taken
        ]
        for (_, _, found, _), (_, _, wanted, _) in zip(found_taken, taken, strict=True):
            assert (found is None) == (wanted is None)
            assert found is None or wanted is None or abs(found - wanted) < 0.006

    check()


def test_the_shapes_are_many() -> None:
    assert len({shape_number(number) for number in range(SHAPES)}) >= 200
