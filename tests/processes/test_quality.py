"""Lena sees how good her data are, what they are enough for, whom they name, and what changed since last time."""

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pilotwerk.core.results import CannotTell
from pilotwerk.processes import selectors
from pilotwerk.processes.domain.quality.findings import Finding
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import Profile
from pilotwerk.processes.domain.roles import Meaning
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.quality import measure_file, pictures
from pilotwerk.processes.reading import open_source
from tests.cast import Cast
from tests.processes.files import event_csv, table, workbook, write, xes
from tests.processes.test_story import imported, page

NOW = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
HEADER = ("Ticket-Nr.", "Eingegangen am", "Erledigt am", "Anfrage", "Kategorie", "Minuten", "E-Mail")
KINDS = ("Heizung", "Sanitär", "Rechnung", "Angebot")
PARTS = [
    "kalt",
    "warm",
    "undicht",
    "tropft",
    "Termin",
    "morgen",
    "Frage",
    "Kosten",
    "bitte",
    "Keller",
    "Bad",
    "Küche",
    "seit",
    "gestern",
    "laut",
]


def requests(count: int = 300, *, seed: int = 1, missing: float = 0.0) -> list[tuple[str, ...]]:
    """Requests of a heating company in 2026, a few a day until November."""
    rng = random.Random(seed)
    rows: list[tuple[str, ...]] = []
    for number in range(1, count + 1):
        opened = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC) + dt.timedelta(hours=24 * 259 * number / count)
        closed = opened + dt.timedelta(hours=rng.uniform(1, 90))
        rows.append(
            (
                f"T-{number:04d}",
                f"{opened:%d.%m.%Y %H:%M}",
                f"{closed:%d.%m.%Y %H:%M}",
                f"Anfrage {number} " + " ".join(rng.choices(PARTS, k=8)),
                "Select" if rng.random() < missing else rng.choice(KINDS),
                f"{rng.uniform(4, 9):.1f}".replace(".", ","),
                f"kunde{number}@firma.de",
            )
        )
    return rows


def measured(path: Path, **given: Any) -> Profile:
    time = given.pop("time", None)
    names = {Meaning(name): column for name, column in given.items()}
    return measure_file(path, given=names, time=time, now=NOW)[1]


def of_rule(profile: Profile, rule: str) -> list[Finding]:
    return [one for one in profile.findings if one.rule == rule]


def csv(path: Path, rows: Sequence[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> Path:
    return write(path, table([header, *rows]))


def test_clean_data_raise_no_alarm(tmp_path: Path) -> None:
    profile = measured(csv(tmp_path / "a.csv", requests()))
    assert {one.rule for one in profile.findings} == {"people"}
    assert profile.dimensions == {
        "completeness": 1.0,
        "validity": 1.0,
        "uniqueness": 1.0,
        "consistency": 1.0,
        "timeliness": pytest.approx(1.0),
    }
    assert [(use.use, use.usable) for use in profile.uses] == [
        ("triage", 300),
        ("effort", 300),
        ("duration", 300),
        ("volume", 300),
    ]


def test_what_is_missing_says_what_follows_for_triage(tmp_path: Path) -> None:
    rows = requests(missing=0.3)
    empty = [number for number, row in enumerate(rows, start=2) if row[4] == "Select"]
    profile = measured(csv(tmp_path / "a.csv", rows))
    [found] = of_rule(profile, "category_missing")
    assert (found.count, found.rows) == (len(empty), tuple(empty[:5]))
    assert found.params["usable"] == 300 - len(empty)
    assert found.severity == "warning"
    triage = next(use for use in profile.uses if use.use == "triage")
    assert (triage.usable, triage.severity) == (300 - len(empty), "warning")
    column = profile.column("Kategorie")
    assert column is not None
    assert column.missing == pytest.approx(len(empty) / 300)
    assert column.distinct == 4
    assert profile.dimensions["completeness"] == pytest.approx(1 - len(empty) / (300 * 7))


def changed(rows: list[tuple[str, ...]], at: int, column: int, value: str) -> None:
    """Puts a value into row `at` of the file (the header is row 1)."""
    row = list(rows[at - 2])
    row[column] = value
    rows[at - 2] = tuple(row)


@pytest.mark.parametrize(
    ("rule", "at", "column", "value"),
    [
        ("invalid_time", 7, 1, "31.02.2026 08:00"),
        ("invalid_number", 7, 5, "viel"),
        ("invalid_email", 7, 6, "kein Postfach"),
        ("invalid_shape", 7, 0, "Nr. 7/2026-A"),
        ("outlier", 7, 5, "480,0"),
        ("future", 7, 2, "12.12.2026 08:00"),
        ("placeholder_time", 7, 1, "01.01.1900 00:00"),
        ("end_before_start", 7, 2, "01.01.2026 08:00"),
        ("mixed_decimals", 7, 5, "7.5"),
        ("mixed_times", 7, 1, "2026-03-07 08:00"),
        ("spelling", 7, 4, "RECHNUNG"),
        ("identifier_again", 7, 0, "T-0001"),
    ],
)
def test_one_wrong_cell_is_found_by_its_row(
    tmp_path: Path, rule: str, at: int, column: int, value: str
) -> None:
    rows = requests()
    changed(rows, at, column, value)
    profile = measured(csv(tmp_path / "a.csv", rows))
    [found] = of_rule(profile, rule)
    assert (found.column, found.count, found.rows) == (HEADER[column], 1, (at,))
    dimension = {"identifier_again": "uniqueness", "invalid_time": "validity", "invalid_number": "validity"}
    if rule in dimension:
        assert (profile.dimensions[dimension[rule]] or 1) < 1


def test_units_copies_constants_and_empty_columns(tmp_path: Path) -> None:
    header = ("Kunde Nr", "Preis", "Preis neu", "Land", "Notiz", "Menge")
    rows = [(str(n), f"{n},50 €", f"{n},50 €", "DE", "", f"{n} kg") for n in range(1, 60)]
    rows[9] = ("10", "10,50 CHF", "10,50 CHF", "DE", "n/a", "10 g")
    profile = measured(csv(tmp_path / "a.csv", rows, header))
    units = {one.column: (one.rows, one.params["units"]) for one in of_rule(profile, "mixed_units")}
    assert units["Preis"] == ((11,), ["eur", "chf"])
    assert units["Menge"] == ((11,), ["kg", "g"])
    [copy] = of_rule(profile, "copied_column")
    assert (copy.column, copy.params) == ("Preis neu", {"other": "Preis"})
    assert [one.column for one in of_rule(profile, "constant")] == ["Land"]
    assert [one.column for one in of_rule(profile, "empty_column")] == ["Notiz"]
    assert profile.dimensions["timeliness"] is None
    assert profile.dimensions["consistency"] == pytest.approx(1 - 1 / 59)


def test_a_table_that_is_no_process(tmp_path: Path) -> None:
    header = ("Vorname", "Nachname", "Geburtsdatum", "Straße", "PLZ", "Umsatz")
    rows = [
        ("Anna", "Berg", f"{n % 28 + 1:02d}.03.1970", f"Hauptstraße {n}", "24103", f"{n},00")
        for n in range(1, 80)
    ]
    profile = measured(csv(tmp_path / "kunden.csv", [*rows, rows[3]], header))
    personal = {one.name: str(one.personal_data) for one in profile.columns}
    assert personal == {
        "Vorname": "name", "Nachname": "name", "Geburtsdatum": "none", "Straße": "address", "PLZ": "address",
        "Umsatz": "none",
    }  # fmt: skip
    [double] = of_rule(profile, "duplicate")
    assert double.rows == (81,)
    assert profile.dimensions["timeliness"] is None
    assert not of_rule(profile, "stale")


def test_a_log_with_gaps_old_data_and_two_categories(tmp_path: Path) -> None:
    rows = []
    for number in range(60):
        day = dt.date(2026, 1, 5) + dt.timedelta(days=number if number < 40 else number + 60)
        rows += [
            (f"V{number}", "Eingang", f"{day:%d.%m.%Y} 08:00", "Kauf"),
            (f"V{number}", "Antwort", f"{day:%d.%m.%Y} 08:00", "Miete" if number == 3 else "Kauf"),
        ]
    profile = measured(csv(tmp_path / "a.csv", rows, ("Vorgang", "Schritt", "Zeitpunkt", "Kategorie")))
    [gap] = of_rule(profile, "gap")
    assert (gap.params["first"], gap.params["last"], gap.params["days"]) == ("2026-02-14", "2026-04-14", 60)
    [stale] = of_rule(profile, "stale")
    assert stale.params["last"] == "2026-05-04"
    [two] = of_rule(profile, "two_categories")
    assert (two.column, two.rows) == ("Kategorie", (8, 9))
    [ties] = of_rule(profile, "equal_time")
    assert ties.count == 60


def test_leaks_conflicts_doubles_and_drift_of_training_data(tmp_path: Path) -> None:
    rng = random.Random(3)
    header = ("Datum", "Text", "Label", "Abteilung", "Filiale", "Wert")
    rows = []
    for number in range(900):
        late = number >= 600
        label = rng.choices(("Heizung", "Wasser", "Strom"), weights=(1, 1, 8) if late else (8, 1, 1))[0]
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number // 3)
        rows.append(
            (
                f"{day:%d.%m.%Y}",
                f"Meldung {number} Thema {label} {rng.choice(PARTS)} {rng.choice(PARTS)}",
                label,
                {"Heizung": "A", "Wasser": "B", "Strom": "C"}[label],
                rng.choice(("Kiel", "Bonn")),
                str(rng.randint(1, 50) + (60 if late else 0)),
            )
        )
    rows[5] = ("01.01.2026", "immer derselbe Text hier", "Heizung", "A", "Kiel", "7")
    for place in range(800, 820):
        rows[place] = (rows[place][0], "immer derselbe Text hier", "Strom", "C", "Kiel", "90")
    profile = measured(csv(tmp_path / "a.csv", rows, header), category="Label", text="Text", time="Datum")
    [named] = of_rule(profile, "label_in_text")
    assert named.params["share"] == pytest.approx(879 / 900)
    [settled] = of_rule(profile, "label_determined")
    assert (settled.column, settled.params["label"]) == ("Abteilung", "Label")
    [conflict] = of_rule(profile, "label_conflict")
    assert (conflict.count, conflict.rows[:2]) == (21, (7, 802))
    [double] = of_rule(profile, "split_duplicate")
    assert double.params["share"] == pytest.approx(20 / 180, abs=0.01)
    shifted = {one.column for one in of_rule(profile, "drift_strong")}
    assert shifted == {"Label", "Abteilung", "Wert"}


def test_labels_without_leaks_raise_no_alarm(tmp_path: Path) -> None:
    profile = measured(csv(tmp_path / "a.csv", requests(900)))
    rules = {one.rule for one in profile.findings}
    assert not rules & {
        "label_in_text",
        "label_determined",
        "label_conflict",
        "split_duplicate",
        "drift",
        "drift_strong",
    }


def test_too_few_examples_block_learning(tmp_path: Path) -> None:
    profile = measured(csv(tmp_path / "a.csv", requests(20)))
    [few] = of_rule(profile, "too_few")
    assert (few.severity, few.params["usable"]) == ("blocker", 20)


def test_every_format_gives_the_same_profile(tmp_path: Path) -> None:
    rows = requests(60, missing=0.2)
    profiles = [
        measured(csv(tmp_path / "a.csv", rows)),
        measured(csv(tmp_path / "a.csv.gz", rows)),
        measured(workbook(tmp_path / "a.xlsx", [HEADER, *rows])),
    ]
    told = [[one.as_json() for one in profile.findings] for profile in profiles]
    assert told[0] == told[1] == told[2]
    assert profiles[0].columns == profiles[1].columns == profiles[2].columns
    assert measured(xes(tmp_path / "a.xes")).rows == measured(event_csv(tmp_path / "b.csv")).rows == 15


def test_the_page_tells_findings_columns_and_the_import_before(cast: Cast, tmp_path: Path) -> None:
    first = imported(cast, csv(tmp_path / "a.csv", requests(120)))
    narrow = [row[:6] for row in requests(150, missing=0.4, seed=2)]
    second = imported(cast, csv(tmp_path / "b.csv", narrow, HEADER[:6]))
    url, lead = cast.organisation.url, cast.client("lead")

    facts = page(lead, url("processes:facts", pk=second.pk))
    assert url("processes:quality", pk=second.pk) in facts
    shown = page(lead, url("processes:quality", pk=second.pk))
    assert "Wofür reichen die Daten?" in shown
    assert "Die Kategorie fehlt in" in shown
    assert "Dimensionen nach ISO/IEC 25012" in shown
    assert "Was hat sich seit dem vorigen Import geändert?" in shown
    assert "weggefallen" in shown
    before = page(lead, url("processes:quality", pk=first.pk))
    assert "E-Mail-Adressen" in before
    assert "Was hat sich seit dem vorigen Import geändert?" not in before
    assert "kunde17@" not in before
    for role, status in [("clerk", 200), ("auditor", 200), ("employee", 403), ("outsider", 404)]:
        assert cast.client(role).get(url("processes:quality", pk=second.pk)).status_code == status
    foreign = cast.other.url("processes:quality", pk=second.pk)
    assert cast.client("outsider").get(foreign).status_code == 404


def test_an_import_from_before_says_that_nothing_was_measured(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, csv(tmp_path / "a.csv", requests(40)))
    old = {key: value for key, value in found.facts.items() if key != "quality"}
    old["findings"] = [
        {"rule": "row.missing", "severity": "warning", "column": "Minuten", "count": 1, "rows": [3]}
    ]
    ProcessImport.objects.filter(pk=found.pk).update(facts=old)
    lead, url = cast.client("lead"), cast.organisation.url
    assert "bevor die Datenqualität gemessen wurde" in page(lead, url("processes:quality", pk=found.pk))
    assert "Die Daten noch einmal einlesen" in page(lead, url("processes:facts", pk=found.pk))
    assert "Der Wert fehlt" in page(lead, url("processes:import", pk=found.pk))
    found.refresh_from_db()
    assert isinstance(selectors.personal_data_of(found), CannotTell)


def test_the_rooms_above_ask_which_columns_name_people(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, csv(tmp_path / "a.csv", requests(40)))
    personal = selectors.personal_data_of(found)
    assert personal == [selectors.PersonalColumn("E-Mail", Personal.EMAIL, kept=False)]
    assert not any(b"kunde7@" in path.read_bytes() for path in found.folder.iterdir())


def test_a_column_that_was_taken_for_people_is_personal_whatever_it_looks_like(tmp_path: Path) -> None:
    rows = [(f"A{n}", f"2026-03-{n % 28 + 1:02d}", f"K-{n % 9}", "Küche") for n in range(40)]
    path = csv(tmp_path / "a.csv", rows, ("Auftrag", "Eingang", "Kundennummer", "Ort"))
    given = {Meaning.CASE: "Auftrag", Meaning.START: "Eingang", Meaning.SENDER: "Kundennummer"}
    _guess, profile = measure_file(path, given=given, now=NOW)
    shown = {row.name: row for row in pictures.columns(profile)}
    assert shown["Kundennummer"].personal == "Personen, laut Ihrer Zuordnung"
    assert [name for name, row in shown.items() if row.is_personal] == ["Kundennummer"]


def test_a_wide_table_is_counted_column_by_column(tmp_path: Path) -> None:
    header = tuple(f"Spalte {number}" for number in range(45))
    rows = [tuple(f"w{row % (column % 7 + 1)}" for column in range(45)) for row in range(70)]
    path = csv(tmp_path / "a.csv", rows, header)
    with open_source(path) as source:
        assert [one.distinct for one in source.profiles()] == [column % 7 + 1 for column in range(45)]
    profile = measured(path)
    assert [one.distinct for one in profile.columns] == [column % 7 + 1 for column in range(45)]
    copied = {one.column: one.params["other"] for one in of_rule(profile, "copied_column")}
    assert copied["Spalte 8"] == "Spalte 1"
    assert "Spalte 2" not in copied
