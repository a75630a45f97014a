"""Whatever a table holds, it is measured: the counts are those of plain Python, and nothing breaks the SQL."""

import datetime as dt
import json
import tempfile
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotwerk.processes.domain.quality.profile import profile_from
from pilotwerk.processes.domain.values import MISSING
from pilotwerk.processes.quality import measure_file, wording

NOW = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)

words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
cells = st.one_of(
    words,
    st.sampled_from(MISSING),
    st.sampled_from(["1.234,50 €", "−3", "1e400", "12:30", "31.02.2026", "2026-01-01T00:00:00Z", "9999-12-31", "%(x)s",
                     "'; DROP TABLE raw; --", "a@b.de", "DE89370400440532013000", "0431 1234567", "Frau Dr. Groß"]),
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=True).map(str),
    st.datetimes().map(str),
)  # fmt: skip
names = st.sampled_from(
    ["Kategorie", "Text", "Datum", "Ende", "Ticket-Nr.", "Betrag", "Name", "IBAN", "Telefon", "Minuten"]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_table_is_measured(data: st.DataObject) -> None:
    header = data.draw(st.lists(names, min_size=1, max_size=4, unique=True))
    rows = data.draw(
        st.lists(st.lists(cells, min_size=len(header), max_size=len(header)), min_size=1, max_size=40)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        with duckdb.connect(":memory:") as con:
            columns = ", ".join(f'"{name}" VARCHAR' for name in header)
            con.execute(f"CREATE TABLE t ({columns})")
            con.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(header))})", rows)
            con.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        _guess, profile = measure_file(path, now=NOW)
    assert profile.rows == len(rows)
    for place, column in enumerate(profile.columns):
        values = [row[place].strip(" ") for row in rows]
        values = [value for value in values if value.strip().lower() not in MISSING]
        assert column.filled == len(values)
        assert column.distinct == len(set(values))
    assert all(value is None or 0 <= value <= 1 for value in profile.dimensions.values())
    for finding in profile.findings:
        assert wording.tell(finding).sentence
        assert len(finding.rows) <= finding.count or finding.count == 0
        assert all(1 <= row <= len(rows) for row in finding.rows)
    stored = json.loads(json.dumps(profile.as_json(), allow_nan=False))
    assert profile_from(stored).as_json() == stored
