"""Real event logs give the reference figures of an independent program.

Shares and durations are compared with figures that were rounded: half a unit of the last digit, and 0.5 % for
durations.
"""

import os
from pathlib import Path

import pytest

from pilotwerk.processes.analysis import analyse

DATA = Path(os.environ.get("PILOTWERK_TEST_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="the real data sets are not there: set PILOTWERK_TEST_DATA to their folder"
    ),
]


@pytest.mark.parametrize(
    ("file", "events", "cases", "variants", "edges", "top", "median", "p90", "rework"),
    [
        ("bpi_logs/BPIC13_incidents.xes.gz", 65533, 7554, 1511, 11, "0.23", "7.55", "22.6", "1.00"),
        ("bpi_logs/BPIC12.xes.gz", 262200, 13087, 4366, 125, "0.26", "0.81", "30.5", "0.74"),
        ("pm4py_samples/08_receipt.xes.gz", 8577, 1434, 116, 99, "0.50", "0.03", "14.1", "0.06"),
    ],
)
def test_reference_figures(
    file: str,
    events: int,
    cases: int,
    variants: int,
    edges: int,
    top: str,
    median: str,
    p90: str,
    rework: str,
) -> None:
    facts = analyse(DATA / file).facts
    assert facts["rows_rejected"] == 0
    assert (facts["events"], facts["cases"], facts["variants"]) == (events, cases, variants)
    assert facts["directly_follows_edges"] == edges
    assert facts["top_variant_share"] == rounded(top)
    assert facts["rework_share"] == rounded(rework)
    assert facts["duration_days"]["median"] == rounded(median, 0.005)
    assert facts["duration_days"]["p90"] == rounded(p90, 0.005)


def rounded(text: str, share: float = 0.0) -> object:
    """What a printed figure allows: half a unit of its last digit, and a share of it where asked for."""
    digits = len(text.partition(".")[2])
    return pytest.approx(float(text), abs=0.5 * 10**-digits + share * float(text))


@pytest.mark.parametrize(
    ("file", "events", "cases", "rejected"),
    [
        ("eventdataR/hospital_billing.csv.gz", 49950, 9999, 1),
        ("eventdataR/traffic_fines.csv.gz", 34724, 10000, 0),
        ("eventdataR/sepsis.csv.gz", 15190, 1049, 24),
        ("bpi2020/DomesticDeclarations.xes.gz", 55628, 10357, 0),
    ],
)
def test_columns_of_real_logs_are_guessed(file: str, events: int, cases: int, rejected: int) -> None:
    """Two of the tables hold a case named "NA" that a statistics program wrote as an empty cell."""
    facts = analyse(DATA / file).facts
    assert facts["kind"] == "event_log"
    assert (facts["events"], facts["cases"], facts["rows_rejected"]) == (events, cases, rejected)
