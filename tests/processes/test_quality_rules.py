"""The rules of data quality: check digits, index of shift, dimensions, comparison. Laws hold for any input."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.processes.domain.messages import Rejection
from pilotwerk.processes.domain.quality import dimensions, drift
from pilotwerk.processes.domain.quality.columns import Column, Counts, Type, column_from, type_of
from pilotwerk.processes.domain.quality.compare import compare
from pilotwerk.processes.domain.quality.findings import (
    RULES,
    Finding,
    by_gravity,
    finding_from,
    of_rejections,
)
from pilotwerk.processes.domain.quality.iban import LENGTHS, check_digits, holds_iban, is_iban
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import Profile, Use, profile_from
from pilotwerk.processes.quality import pictures, wording

# Examples of the IBAN registry (ISO 13616).
EXAMPLES = [
    "DE89370400440532013000",
    "AT61 1904 3002 3457 3201",
    "CH93 0076 2011 6238 5295 7",
    "GB29NWBK60161331926819",
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_registry_s_examples_are_right(text: str) -> None:
    assert is_iban(text)
    assert is_iban(text.lower())
    assert holds_iban(f"Bitte auf {text} überweisen")
    assert holds_iban(f"IBAN {text} BIC")


accounts = st.sampled_from(sorted(LENGTHS)).flatmap(
    lambda country: st.text("0123456789", min_size=LENGTHS[country] - 4, max_size=LENGTHS[country] - 4).map(
        lambda rest: f"{country}{check_digits(country, rest)}{rest}"
    )
)


@given(accounts)
def test_computed_check_digits_are_right(account: str) -> None:
    assert is_iban(account)
    assert is_iban(" ".join(account[i : i + 4] for i in range(0, len(account), 4)))


@given(accounts, st.data())
def test_one_wrong_digit_or_two_exchanged_are_found(account: str, data: st.DataObject) -> None:
    """MOD 97-10 finds every single error and every exchange of two neighbours."""
    place = data.draw(st.integers(4, len(account) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != account[place]]))
    assert not is_iban(account[:place] + other + account[place + 1 :])
    place = min(place, len(account) - 2)
    if account[place] != account[place + 1]:
        swapped = account[:place] + account[place + 1] + account[place] + account[place + 2 :]
        assert not is_iban(swapped)


@given(accounts)
def test_a_wrong_length_is_no_iban(account: str) -> None:
    assert not is_iban(account[:-1])
    assert not is_iban(account + "0")


shares = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 500), min_size=1)


@given(shares, shares)
def test_the_index_is_symmetric_and_never_negative(before: dict[str, float], after: dict[str, float]) -> None:
    forth, back = drift.psi(before, after), drift.psi(after, before)
    assert forth == pytest.approx(back)
    assert forth >= 0
    assert drift.psi(before, before) == 0


def test_the_index_by_hand() -> None:
    # half a row is added to each part: shares 0.5/0.5 against 0.2505/0.7495 of 1,001
    found = drift.psi({"a": 500, "b": 500}, {"a": 250, "b": 750})
    assert found == pytest.approx(0.2744, abs=0.001)


def test_chance_agrees_with_the_chi_square_of_scipy() -> None:
    from scipy.stats import chi2

    for parts in (2, 5, 11, 40, 80):
        exact = chi2.ppf(0.999, parts - 1) * (1 / 300 + 1 / 400)
        assert drift.by_chance(parts, 300, 400) == pytest.approx(exact, rel=0.04)


def test_samples_of_one_distribution_are_not_called_shifted() -> None:
    import numpy as np

    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(500):
        draws = rng.choice(list("abcdefghij"), size=(2, 120))
        before, after = ({name: int((row == name).sum()) for name in "abcdefghij"} for row in draws)
        alarms += drift.shift(before, after) is not None
    assert alarms <= 5
    assert drift.shift({"a": 100, "b": 100}, {"a": 40, "b": 160}) is not None


@given(
    st.lists(st.floats(-100, 100), min_size=11, max_size=11).map(sorted),
    st.lists(st.floats(-100, 100), min_size=1, max_size=9).map(lambda cuts: sorted(set(cuts))),
)
def test_shares_between_cuts_are_a_whole(quantiles: list[float], cuts: list[float]) -> None:
    found = drift.shares_within(quantiles, cuts)
    assert sum(found) == pytest.approx(1)
    assert min(found) >= 0


def days(*numbers: int) -> dict[dt.date, int]:
    return {dt.date(2026, 1, 5) + dt.timedelta(days=number): 1 for number in numbers}


def test_timeliness_counts_filled_weeks_until_today() -> None:
    entries = days(0, 7, 14, 28)  # Mondays of weeks 1, 2, 3, 5
    assert dimensions.timeliness(entries, dt.date(2026, 2, 2)) == pytest.approx(4 / 5)
    assert dimensions.timeliness(entries, dt.date(2026, 3, 9)) == pytest.approx(4 / 10)
    # one a month: months, not weeks
    monthly = days(0, 31, 59, 90)
    assert dimensions.timeliness(monthly, dt.date(2026, 4, 30)) == 1
    assert dimensions.timeliness({}, dt.date(2026, 4, 30)) is None


def test_a_gap_must_stand_out() -> None:
    assert dimensions.longest_gap(days(*range(0, 20), *range(50, 60))) == (
        dt.date(2026, 1, 25),
        dt.date(2026, 2, 23),
    )
    assert dimensions.longest_gap(days(*range(0, 600, 30))) is None
    assert dimensions.stale_days(days(0), dt.date(2026, 4, 5)) is None
    assert dimensions.stale_days(days(0), dt.date(2026, 4, 6)) == 91


counts = st.integers(1, 500).flatmap(
    lambda rows: st.builds(
        Counts,
        rows=st.just(rows),
        filled=st.integers(0, rows),
        distinct=st.integers(0, rows),
        numbers=st.integers(0, rows),
        times=st.integers(0, rows),
    )
)


@given(counts)
def test_every_column_has_a_type(found: Counts) -> None:
    assert type_of("x", found) in Type
    assert 0 <= found.missing <= 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Ticket-Nr.", Type.IDENTIFIER),
        ("case:concept:name", Type.IDENTIFIER),
        ("InvoiceNo", Type.IDENTIFIER),
        ("case:AMOUNT_REQ", Type.WHOLE_NUMBER),
        ("Menge", Type.WHOLE_NUMBER),
    ],
)
def test_numbers_that_count_and_numbers_that_name(name: str, kind: Type) -> None:
    assert type_of(name, Counts(100, 100, 60, 5.0, 1.0, 100, 100, codes=100)) is kind


def profile(**columns: Column) -> Profile:
    return Profile(
        rows=1000,
        columns=list(columns.values()),
        dimensions=dict.fromkeys(dimensions.NAMES, 0.9),
        findings=[],
        uses=[Use("triage", 400, 1000)],
        as_of="2026-11-22T08:00:00+00:00",
    )


def column(name: str, *, missing: float = 0.0, **values: float) -> Column:
    return Column(name, Type.CATEGORY, missing, len(values), 1000, Personal.NONE, spread={"values": values})


def test_a_profile_survives_storing() -> None:
    found = profile(a=column("a", x=0.5, y=0.5))
    found.findings.append(Finding("category_missing", "a", 3, (2, 3), {"share": 0.3}, "blocker"))
    assert profile_from(found.as_json()) == found
    assert column_from(found.columns[0].as_json()) == found.columns[0]


def test_what_changed_between_two_imports() -> None:
    before = profile(a=column("Art", x=0.5, y=0.5), b=column("Ort", missing=0.1), c=column("Alt"))
    after = profile(a=column("Art", x=0.1, y=0.9), b=column("Ort", missing=0.3), d=column("Neu"))
    found, rows = pictures.changes(before, after)
    assert (found.new, found.gone) == (["Neu"], ["Alt"])
    assert [one.name for one in found.missing] == ["Ort"]
    assert [name for name, _psi in found.shifted] == ["Art"]
    assert "verschoben (PSI" in rows[-1].after
    assert not compare(before, before).changed


def test_a_column_that_names_people_now_is_told() -> None:
    before, after = column("Notiz"), column("Notiz")
    after.personal_data = Personal.FREE_TEXT
    found, rows = pictures.changes(profile(a=before), profile(a=after))
    assert found.changed
    assert (rows[-1].what, rows[-1].after) == ("personenbezogene Daten", "Kontaktdaten im Text")


def test_numbers_are_compared_by_their_quantiles() -> None:
    def numbers(start: float) -> Column:
        spread = {"quantiles": [start + part for part in range(11)]}
        return Column("Minuten", Type.NUMBER, 0.0, 900, 1000, spread=spread)

    assert not compare(profile(a=numbers(0)), profile(a=numbers(0))).shifted
    assert compare(profile(a=numbers(0)), profile(a=numbers(6))).shifted


def test_rejections_are_gathered_by_reason_and_column() -> None:
    rejected = [Rejection(row, "Zeitpunkt", "row.missing") for row in (3, 5, 8, 9, 12, 13)]
    found = of_rejections([*rejected, Rejection(4, None, "row.short", {"found": "1", "expected": "2"})])
    assert found[0] == Finding("row.missing", "Zeitpunkt", 6, (3, 5, 8, 9, 12))
    assert finding_from(found[0].as_json()) == found[0]
    assert found[0].severity == "warning"
    [row, _] = pictures.rejections({"findings": [one.as_json() for one in found]})
    assert (row.title, row.rows, row.effect) == (
        "Der Wert fehlt",
        "3, 5, 8, 9, 12 und 1 weitere",
        "nicht übernommen",
    )


def test_the_gravest_come_first() -> None:
    found = [Finding("constant", "a", 0), Finding("too_few", "b", 0), Finding("duplicate", None, 1)]
    assert [one.severity for one in by_gravity(found)] == ["blocker", "warning", "info"]


PARAMS = {
    "share": 0.31, "usable": 1034, "total": 1500, "shape": "A-9", "low": 1.5, "high": 90.0, "other": "Start",
    "units": ["eur", "chf"], "variants": [["Rechnung", "rechnung"]], "days": 120, "first": "2026-01-01",
    "last": "2026-02-01", "kind": "email", "needed": 30, "names": ["Heizung"], "label": "Kategorie", "psi": 0.31,
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_can_be_told_in_both_languages(rule: str) -> None:
    from django.utils import translation

    finding = Finding(rule, "Spalte", 3, (1, 2, 3), PARAMS)
    german = wording.tell(finding).sentence
    with translation.override("en"):
        english = wording.tell(finding).sentence
    assert german != english
    assert "%(" not in german + english


def test_the_effect_on_the_use_is_told_as_people_say_it() -> None:
    finding = Finding("category_missing", "Kategorie", 466, (), PARAMS)
    assert wording.tell(finding).sentence == (
        "Die Kategorie fehlt in 31\u00a0% der Zeilen: die Zuordnung kann aus 1.034 von 1.500 lernen."
    )
