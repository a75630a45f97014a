"""The statistics of autonomy and the limits for four eyes, told without a database."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain import autonomy_evidence as evidence
from pilotwerk.pilots.domain.autonomy import (
    Level,
    Shown,
    above,
    agreed_blind,
    agreed_open,
    below,
    error_level,
    fallback,
    goes_by_itself,
)
from pilotwerk.pilots.domain.autonomy_agreement import Kappa, cohen_kappa, too_fast
from pilotwerk.pilots.domain.autonomy_evidence import (
    NOTICED,
    Evidence,
    FallRules,
    Watch,
    confidence_sequence,
    evidence_of,
    log_e_value,
    watch_of,
)
from pilotwerk.pilots.domain.autonomy_limits import Content, Limit, Limits, amounts, reached, recognised


def test_the_first_cases_by_hand() -> None:
    """One agreement: (1 - b^2) / 2 / (1 - b) / b = (1 + b) / 2b. One disagreement: exactly 1/2."""
    assert log_e_value(0, 0, 0.9) == pytest.approx(0.0, abs=1e-12)
    assert math.exp(log_e_value(1, 1, 0.9)) == pytest.approx(1.9 / 1.8)
    assert math.exp(log_e_value(0, 1, 0.9)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("agreed", "cases", "bound", "log_e"),
    # scipy.integrate.quad of the mixture of likelihood ratios over (bound, 1), SciPy 1.17.
    [
        (183, 190, 0.9, 4.356262268695997),
        (40, 100, 0.9, -4.036729323280251),
        (300, 1000, 0.9, -6.503871961986902),
        (950, 1000, 0.9, 14.9513059059056),
        (3, 2000, 0.5, -7.598400834584469),
    ],
)
def test_e_values_are_those_of_numerical_integration(
    agreed: int, cases: int, bound: float, log_e: float
) -> None:
    assert log_e_value(agreed, cases, bound) == pytest.approx(log_e, rel=1e-9)


@given(st.lists(st.booleans(), max_size=200), st.sampled_from([0.6, 0.8, 0.9, 0.97]))
@settings(max_examples=50, deadline=None)
def test_case_by_case_and_in_one_go_are_the_same_whatever_the_order(
    history: list[bool], bound: float
) -> None:
    step_by_step = Evidence(bound)
    for agreed in history:
        step_by_step = step_by_step.after(agreed)
    assert step_by_step == evidence_of(history, bound) == evidence_of(sorted(history), bound)


@given(st.integers(0, 300), st.integers(0, 300), st.sampled_from([0.6, 0.9, 0.98]))
@settings(max_examples=100, deadline=None)
def test_it_is_a_fair_bet_at_the_bound_and_a_losing_one_below(
    agreed: int, against: int, bound: float
) -> None:
    """The law behind Ville's inequality: the expected next e-value is the present one at the bound, less below."""
    cases = agreed + against
    now = log_e_value(agreed, cases, bound)
    up = math.exp(log_e_value(agreed + 1, cases + 1, bound) - now)
    down = math.exp(log_e_value(agreed, cases + 1, bound) - now)
    assert down < 1 < up
    assert bound * up + (1 - bound) * down == pytest.approx(1.0, rel=1e-6)
    for lower in (0.0, bound / 2, bound - 0.01):
        assert lower * up + (1 - lower) * down <= 1 + 1e-9


@given(st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_the_series_for_the_tail_agrees_with_the_incomplete_beta_function(agreed: int, against: int) -> None:
    direct = log_e_value(agreed, agreed + against, 0.9)
    assert evidence._log_e_series(agreed + 1, against + 1, 0.9) == pytest.approx(direct, rel=1e-6, abs=1e-9)


def test_far_below_the_bound_nothing_underflows() -> None:
    assert log_e_value(0, 100_000, 0.9) < log_e_value(0, 1_000, 0.9) < 0
    assert math.isfinite(log_e_value(10, 100_000, 0.9))


@pytest.mark.parametrize(("agreed", "cases", "bound"), [(1, 0, 0.9), (-1, 5, 0.9), (1, 2, 1.0), (1, 2, 0.0)])
def test_impossible_counts_and_bounds_are_errors(agreed: int, cases: int, bound: float) -> None:
    with pytest.raises(ValueError, match=r"bound|possible"):
        log_e_value(agreed, cases, bound)


def _paths(pilots: int, cases: int, rate: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((pilots, cases)) < rate


def _promoted(paths: np.ndarray, bound: float = 0.9) -> np.ndarray:
    """When each pilot is promoted, 0 for never; the product's function once for each pair of counts."""
    known: dict[tuple[int, int], bool] = {}
    found = []
    for path in paths:
        agreed = first = 0
        for case, good in enumerate(path, start=1):
            agreed += int(good)
            key = (agreed, case)
            if key not in known:
                known[key] = Evidence(bound, agreed, case).shows()
            if known[key]:
                first = case
                break
        found.append(first)
    return np.array(found)


def test_watched_after_every_case_it_promotes_falsely_in_at_most_five_percent() -> None:
    """The small version of the table in docs/autonomy.md: 500 pilots at the bound, 600 looks each."""
    assert (_promoted(_paths(500, 600, 0.90, 1)) > 0).mean() <= 0.05


def test_good_pilots_are_promoted_after_about_as_many_cases_as_the_table_says() -> None:
    better, best = _promoted(_paths(200, 1000, 0.95, 2)), _promoted(_paths(200, 600, 0.97, 3))
    assert (better > 0).mean() > 0.97
    assert 120 <= np.median(better) <= 230
    assert 60 <= np.median(best) <= 120


def test_a_fall_is_noticed_within_the_stated_number_of_cases_and_false_alarms_are_rare() -> None:
    rules, late, false = FallRules(0.90), [], 0
    for path in _paths(300, 200, 0.95, 4):
        false += watch_of(path.tolist(), rules).fallen
    for before, after in zip(_paths(600, 100, 0.95, 5), _paths(600, 400, 0.80, 6), strict=True):
        if watch_of(before.tolist(), rules).fallen:
            continue
        watch = watch_of([*before.tolist(), *after.tolist()], rules)
        late.append(watch.cases - 100 if watch.fallen else math.inf)
    assert np.quantile(late, 0.93) <= NOTICED, (
        "95 % within 100 in the large simulation; two points for chance"
    )
    assert false / 300 <= 0.03


def test_the_detector_by_hand() -> None:
    rules = FallRules(0.90)
    assert [rules.good, rules.bad] == pytest.approx([0.95, 0.80])
    assert rules.step(True) == pytest.approx(math.log(0.80 / 0.95))
    assert rules.step(False) == pytest.approx(math.log(0.20 / 0.05))
    watch = Watch(rules).after(True)
    assert watch.height == 0.0, "good cases are not saved up"
    assert watch.after(False).after(True).height == pytest.approx(math.log(4) + math.log(0.80 / 0.95))
    assert watch_of([False] * 9, rules).cases == 6, "six in a row are 6 x 1.386 = 8.3, five are 6.9"


@given(st.integers(0, 80), st.integers(0, 80))
@settings(max_examples=60, deadline=None)
def test_the_confidence_sequence_holds_the_rate_and_is_wider_than_one_look(agreed: int, against: int) -> None:
    from scipy.stats import beta

    cases = agreed + against
    low, high = confidence_sequence(agreed, cases)
    assert 0 <= low <= high <= 1
    if cases:
        assert low <= agreed / cases <= high
    if agreed and against:
        assert low < beta.ppf(0.025, agreed + 1, against + 1)
        assert high > beta.ppf(0.975, agreed + 1, against + 1)


def test_the_confidence_sequence_covers_at_all_times_at_once() -> None:
    missed = 0
    for path in _paths(200, 300, 0.9, 7):
        agreed = np.cumsum(path)
        looks = [(int(agreed[n - 1]), n) for n in range(1, 301, 7)]
        borders = [confidence_sequence(*look) for look in looks]
        missed += any(not low <= 0.9 <= high for low, high in borders)
    assert missed / 200 <= 0.05


@pytest.mark.parametrize(
    ("table", "kappa", "low", "high"),
    # statsmodels 0.15 inter_rater.cohens_kappa; kappa also sklearn.metrics.cohen_kappa_score 1.9.
    [
        ((20, 5, 10, 15), 0.4, 0.151092290476661, 0.6489077095233389),
        ((81, 4, 6, 9), 0.5850622406639007, 0.3538632088295415, 0.8162612724982599),
    ],
)
def test_kappa_and_its_interval_are_those_of_statsmodels(
    table: tuple[int, int, int, int], kappa: float, low: float, high: float
) -> None:
    cells = [(True, True), (True, False), (False, True), (False, False)]
    found = cohen_kappa([pair for pair, count in zip(cells, table, strict=True) for _ in range(count)])
    assert isinstance(found, Kappa)
    assert (found.kappa, found.low, found.high) == pytest.approx((kappa, low, high), rel=1e-9)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=10, max_size=60))
def test_kappa_does_not_depend_on_who_was_first(pairs: list[tuple[bool, bool]]) -> None:
    found, turned = cohen_kappa(pairs), cohen_kappa([(b, a) for a, b in pairs])
    if isinstance(found, CannotTell):
        assert isinstance(turned, CannotTell)
        return
    assert isinstance(turned, Kappa)
    assert found.kappa == pytest.approx(turned.kappa, abs=1e-12)
    assert -1 <= found.low <= found.kappa <= found.high <= 1


def test_kappa_cannot_tell_from_few_pairs_or_one_answer_only() -> None:
    assert isinstance(cohen_kappa([(True, True)] * 9), CannotTell)
    assert isinstance(cohen_kappa([(True, True)] * 50), CannotTell)


def test_a_level_is_climbed_one_by_one_and_what_goes_out_by_itself_falls_back_to_people() -> None:
    assert [above(level) for level in Level] == [Level.SUGGEST, Level.SAMPLE, Level.AUTOMATIC, None]
    assert below(Level.SAMPLE) == [Level.SHADOW, Level.SUGGEST]
    assert {fallback(level) for level in (Level.SAMPLE, Level.AUTOMATIC)} == {Level.SUGGEST}
    assert sum(error_level(n) for n in range(50)) < 0.1 + 1e-12


def test_what_was_not_drawn_for_is_shown_to_a_person() -> None:
    assert not any(goes_by_itself(level, drawn=None) for level in Level)
    assert not any(
        goes_by_itself(level, drawn=drawn)
        for level in (Level.SHADOW, Level.SUGGEST)
        for drawn in (True, False)
    )
    assert goes_by_itself(Level.SAMPLE, drawn=False)
    assert not goes_by_itself(Level.SAMPLE, drawn=True)
    assert goes_by_itself(Level.AUTOMATIC, drawn=True)


def test_only_word_for_word_is_agreement_and_blind_it_is_the_category() -> None:
    assert agreed_open(Shown(unchanged=True, category_same=True))
    assert agreed_open(Shown(unchanged=True, category_same=None))
    assert not agreed_open(Shown(unchanged=False, category_same=True))
    assert not agreed_open(Shown(unchanged=True, category_same=True, rejected=True))
    assert (
        agreed_blind("Termin", "Termin"),
        agreed_blind("Termin", "Rechnung"),
        agreed_blind("Termin", ""),
    ) == (
        True,
        False,
        None,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wir erstatten 1.234,50 € sofort.", ["1234.50"]),
        ("Der Preis beträgt EUR 2,000.00 netto", ["2000.00"]),
        ("Das kostet 12.000 Euro.", ["12000"]),
        ("Rund 5 Tsd. Euro", ["5000"]),
        ("We refund €500", ["500"]),
        ("CHF 1'250.–", ["1250"]),
        ("Wir zahlen 99,- €.", ["99"]),
        ("2 Mio. Euro Umsatz", ["2000000"]),
        ("Ihre Rechnung 4711 vom 12.03.2026", []),
        ("Termin um 9.30 Uhr, Telefon 0431 123456", []),
        ("zwischen 100 € und 250,5 €", ["100", "250.5"]),
        ("10k EUR", ["10000"]),
        ("50 Europaletten", []),
    ],
)
def test_amounts_in_german_and_english_texts(text: str, expected: list[str]) -> None:
    assert sorted(amounts(text)) == sorted(Decimal(one) for one in expected)


@given(st.decimals(min_value=0, max_value=9_999_999, places=2), st.sampled_from(["de", "en", "ch"]))
def test_every_amount_is_read_back(value: Decimal, style: str) -> None:
    english = f"{value:,.2f}"
    swap = {"de": str.maketrans(",.", ".,"), "en": {}, "ch": str.maketrans(",", "'")}[style]
    assert amounts(f"Betrag: {english.translate(swap)} EUR.") == [value]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ich möchte mich beschweren.", {Limit.COMPLAINT}),
        ("Das ist eine Frechheit, ich bin sehr enttäuscht!", {Limit.COMPLAINT}),
        ("Ich schalte meinen Anwalt ein und verlange Schadensersatz.", {Limit.LEGAL}),
        ("Hiermit setze ich eine letzte Frist, sonst folgt die Klage.", {Limit.LEGAL}),
        ("Reklamation: wir gehen vor Gericht", {Limit.COMPLAINT, Limit.LEGAL}),
        ("This is unacceptable. I want to complain.", {Limit.COMPLAINT}),
        ("My solicitor will take legal action.", {Limit.LEGAL}),
        ("I will sue you in small claims court", {Limit.LEGAL}),
        ("Können wir den Termin verschieben?", set()),
        ("Das Gerichtete ist schön; die Anzeige im Display blinkt.", set()),
        ("Please tell me about this issue with the tennis court's pursued courtesy", {Limit.LEGAL}),
        ("Das Klagelied der Heizung: sie klappert.", set()),
        ("Could you issue a new invoice?", set()),
    ],
)
def test_complaints_and_legal_threats_by_word_lists(text: str, expected: set[Limit]) -> None:
    assert recognised([text]) == expected


def test_limits_say_why_and_nothing_set_means_one_person() -> None:
    texts = ("Ich beschwere mich und will 501 Euro, sonst kommt der Anwalt.",)
    assert reached(Limits(), Content(texts, "Störung", 0.1)) == []
    all_set = Limits(Decimal(500), ("Störung",), 0.8, complaints=True)
    assert reached(all_set, Content(texts, "Störung", 0.1)) == list(Limit)
    assert reached(Limits(amount=Decimal(501)), Content(texts)) == [], "the limit itself is not above it"
    assert reached(Limits(confidence=0.8), Content((), confidence=None)) == [Limit.CONFIDENCE]
    assert reached(Limits(confidence=0.8), Content((), confidence=None, by_hand=True)) == []


def test_nobody_reads_two_hundred_words_in_ten_seconds() -> None:
    assert too_fast(10, 200)
    assert not too_fast(30, 200)
