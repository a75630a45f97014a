"""Personal data are found by column: on tables made with known truth, and without false alarms on lookalikes."""

import csv
import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from pilotwerk.demo.corpus.export import case_table
from pilotwerk.demo.corpus.requests import history
from pilotwerk.processes.domain.quality.iban import LENGTHS, check_digits
from pilotwerk.processes.quality import measure_file
from tests.processes.files import table, write

NOW = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
GIVEN = [
    "Anna",
    "Ayşe",
    "Łukasz",
    "Bernd",
    "Çelik",
    "Dörte",
    "Emil",
    "Fatma",
    "Günther",
    "Hanna-Lena",
    "Ingo",
    "Jürgen",
    "Katja",
    "Lars",
    "Miriam",
    "Nils",
    "Özlem",
]
FAMILY = (
    "Abel Berg Cohn von~Dorn Ernst Frank Groß Haas Ivens Jäger Köhler Lang Müller-Lüdenscheid Nowak Öztürk "
    "Yıldız Kovačević".replace(" ", "|")
    .replace("~", " ")
    .split("|")
)
STREETS = (
    "Hauptstraße",
    "Am Markt",
    "Kieler Weg",
    "Bahnhofstr.",
    "Lange Straße",
    "Gartenweg",
    "Im Winkel",
    "Ölbergring",
)
TOWNS = ("Kiel", "Bad Segeberg", "Wien", "Zürich", "Graz", "Lübeck")
NOUNS = [
    "Heizung",
    "Rechnung",
    "Lieferung",
    "Angebot",
    "Wartung",
    "Termin",
    "Pumpe",
    "Rohr",
    "Dusche",
    "Kessel",
    "Ventil",
    "Zahlung",
]

Maker = Callable[[random.Random], str]


def iban(rng: random.Random) -> str:
    country = rng.choice(["DE", "AT", "CH"])
    rest = "".join(rng.choices("0123456789", k=LENGTHS[country] - 4))
    whole = f"{country}{check_digits(country, rest)}{rest}"
    return whole if rng.random() < 0.5 else " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def phone(rng: random.Random) -> str:
    number = rng.randint(100_000, 9_999_999)
    ways = (
        f"0431 {number}",
        f"+49 431 {number}",
        f"0431/{number}",
        f"+43 (0)1 {number}",
        f"(0431) {number}",
        f"+41 44 668 18 {number % 90 + 10}",
    )
    return rng.choice(ways)


def name(rng: random.Random) -> str:
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    return rng.choice((f"{given} {family}", f"{family}, {given}", f"Frau {family}", f"Dr. {given} {family}"))


def email(rng: random.Random) -> str:
    end = rng.choice(["de", "at", "co.uk"])
    return f"{rng.choice('abcdefgh')}{rng.randint(1, 9999)}@firma-{rng.randint(1, 50)}.{end}"


def sentence(rng: random.Random) -> str:
    day = f"{rng.randint(1, 28)}.{rng.randint(1, 12)}.2026"
    return (
        f"Die {rng.choice(NOUNS)} {rng.randint(100, 9999)} und der {rng.choice(NOUNS)} vom {day} fehlen noch"
    )


def street(rng: random.Random) -> str:
    return f"{rng.choice(STREETS)} {rng.randint(1, 180)}{rng.choice(['', '', 'a', ' b'])}"


def with_people(rng: random.Random) -> str:
    hint = rng.choice(
        (
            email(rng),
            f"Tel. 0431 {rng.randint(10**5, 10**7)}",
            f"Frau {rng.choice(FAMILY)}",
            f"Sie wohnt {street(rng)}",
            iban(rng),
        )
    )
    return sentence(rng) + (f", Rückfragen an {hint} bitte" if rng.random() < 0.2 else "")


# What a column is called and filled with, and what must be found in it.
TRUTH: list[tuple[str, Maker, str]] = [
    ("E-Mail", email, "email"),
    ("Ansprechpartner (Mail)", email, "email"),
    ("Spalte 7", email, "email"),
    ("Telefon", phone, "phone"),
    ("Mobil", lambda rng: str(rng.randint(10**9, 10**11)), "phone"),
    ("Rückruf", phone, "phone"),
    ("IBAN", iban, "iban"),
    ("Bankverbindung", iban, "iban"),
    ("Feld 12", iban, "iban"),
    ("Name", name, "name"),
    ("Kunde", name, "name"),
    ("Bearbeiter", lambda rng: rng.choice(FAMILY[:3] + FAMILY[4:]), "name"),
    ("Spalte 3", name, "name"),
    ("Vorname", lambda rng: rng.choice(GIVEN), "name"),
    ("Straße", street, "address"),
    ("Anschrift", lambda rng: f"{street(rng)}, {rng.randint(10000, 99999)} {rng.choice(TOWNS)}", "address"),
    ("PLZ", lambda rng: str(rng.randint(10000, 99999)), "address"),
    ("PLZ Ort", lambda rng: f"{rng.randint(1000, 99999):04d} {rng.choice(TOWNS)}", "address"),
    ("Lieferung an", street, "address"),
    ("Anfrage", with_people, "free_text"),
    ("Bemerkung", with_people, "free_text"),
    # lookalikes
    ("Betreff", sentence, "none"),
    ("Bestelltext", sentence, "none"),
    ("Ticket-Nr.", lambda rng: f"T-{rng.randint(10**6, 10**7)}", "none"),
    ("Artikelnummer", lambda rng: f"0{rng.randint(10**6, 10**9)}", "none"),
    ("EAN", lambda rng: f"40{rng.randint(10**10, 10**11 - 1)}", "none"),
    ("Datum", lambda rng: f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.2026", "none"),
    ("Zeitstempel", lambda rng: f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} 08:15:00", "none"),
    ("Betrag", lambda rng: f"{rng.uniform(1, 9999):.2f}".replace(".", ","), "none"),
    ("Kategorie", lambda rng: rng.choice(NOUNS), "none"),
    ("Produktname", lambda rng: f"{rng.choice(NOUNS)} {rng.choice(('Classic', 'Premium', 'Basis'))}", "none"),
    ("Artikelbezeichnung", lambda rng: f"{rng.choice(NOUNS)} {rng.choice(NOUNS)}", "none"),
    ("Ort", lambda rng: rng.choice(TOWNS), "none"),
    ("Firma", lambda rng: f"{rng.choice(FAMILY)} {rng.choice(('GmbH', 'AG', '& Söhne'))}", "none"),
    ("Kundennummer", lambda rng: str(rng.randint(10**4, 10**6)), "none"),
    ("Vertrag", lambda rng: f"DE{rng.randint(10**19, 10**20 - 1)}", "none"),
    ("UUID", lambda rng: f"{rng.getrandbits(32):08X}-{rng.getrandbits(16):04X}-4AAA-8BBB-{rng.getrandbits(48):012X}",
     "none"),
    ("Version", lambda rng: f"{rng.randint(1, 9)}.{rng.randint(0, 99)}.{rng.randint(0, 999)}", "none"),
    ("Status", lambda rng: rng.choice(("Offen", "In Arbeit", "Erledigt")), "none"),
    ("Link", lambda rng: f"https://www.example.org/{rng.randint(1, 999)}", "none"),
]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_columns_with_known_truth(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    rows = [[maker(rng) for _name, maker, _kind in TRUTH] for _ in range(200)]
    path = write(tmp_path / "a.csv", table([[one for one, _maker, _kind in TRUTH], *rows], separator="\t"))
    _guess, profile = measure_file(path, now=NOW)
    found = {column.name: str(column.personal_data) for column in profile.columns}
    wrong = {one: (kind, found[one]) for one, _maker, kind in TRUTH if found[one] != kind}
    assert wrong == {}


def test_how_many_rows_of_a_text_hold_contact_data(tmp_path: Path) -> None:
    """Row by row: precision and recall of the note about contact data."""
    rng = random.Random(5)
    texts = [with_people(rng) for _ in range(2000)]
    truth = {row for row, text in enumerate(texts, start=2) if "Rückfragen an" in text}
    path = write(tmp_path / "a.csv", table([("Nr", "Anfrage"), *enumerate(texts)], separator="\t"))
    _guess, profile = measure_file(path, now=NOW)
    [note] = [one for one in profile.findings if one.rule == "contact"]
    assert note.count == pytest.approx(len(truth), rel=0.02)
    assert set(note.rows) <= truth


def test_a_wrong_check_digit_is_named_by_its_row(tmp_path: Path) -> None:
    rng = random.Random(6)
    accounts = [iban(rng) for _ in range(30)]
    accounts[4] = accounts[4][:-1] + ("0" if accounts[4][-1] != "0" else "1")
    path = write(tmp_path / "a.csv", table([("Nr", "IBAN"), *enumerate(accounts)]))
    _guess, profile = measure_file(path, now=NOW)
    [note] = [one for one in profile.findings if one.rule == "invalid_iban"]
    assert (note.column, note.count, note.rows) == ("IBAN", 1, (6,))
    assert profile.dimensions["validity"] is not None
    assert profile.dimensions["validity"] < 1


def test_requests_that_somebody_else_wrote(tmp_path: Path) -> None:
    """The sample company's requests were written for another purpose; most are signed with the sender's name."""
    past = history(seed=7, until=dt.date(2026, 10, 4))
    path = tmp_path / "a.csv"
    path.write_bytes(case_table(past, seed=7))
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True), delimiter=";"))
    signed = [row for row in rows if row["Kunde"] and row["Kunde"].split()[-1] in row["Anfrage"]]
    assert len(signed) > 1000
    _guess, profile = measure_file(path, now=NOW)
    [note] = [one for one in profile.findings if one.rule == "contact" and one.column == "Anfrage"]
    # Telephone numbers and addresses in texts without a name come on top, in about one of fifty rows.
    assert 0.85 * len(signed) <= note.count <= len(signed) + 0.02 * len(rows)
    personal = {one.name: str(one.personal_data) for one in profile.columns}
    assert personal == {
        "Vorgang": "none", "Eingegangen": "none", "Abgeschlossen": "none", "Team": "none", "Kunde": "name",
        "E-Mail": "email", "Kategorie": "none", "Betreff": "free_text", "Anfrage": "free_text",
        "Antwort": "free_text", "Bearbeitungszeit (Min.)": "none",
    }  # fmt: skip
