"""Laws of the validation: no lead is scored by a model that knew it or a later one; figures mean what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pilotwerk.pilots.recipes.leads.calibration import auc, auc_within, calibrate, lift_top_decile
from pilotwerk.pilots.recipes.leads.columns import Column, Kind, read_column
from pilotwerk.pilots.recipes.leads.model import LeadModel, fit
from pilotwerk.pilots.recipes.leads.order import find_order, guess_group, moves_on
from pilotwerk.pilots.recipes.leads.tests.past import Columns, leads, won
from pilotwerk.pilots.recipes.leads.validation import LEAST_OF_EACH, WINDOW, crossed, in_time, step_of, steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pilotwerk.pilots.recipes.leads.columns import Flags, Floats

KNOWN = ("Quelle", "Wohnfläche", "Besuch gewünscht", "Region", "Haushaltsgröße")


def read(columns: Columns, names: Sequence[str] = KNOWN) -> list[Column]:
    return [read_column(name, columns[name]) for name in names]


class Probe:
    """Learns as the recipe does, and remembers which rows it was shown and asked about."""

    def __init__(self) -> None:
        self.learned: list[Floats] = []

    def __call__(self, columns: Sequence[Column], outcome: Flags) -> LeadModel:
        *known, number = columns
        self.learned.append(number.values)
        return fit([*known, number], outcome, seed=1)


scored = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=40)


@given(scored)
def test_auc_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[int, bool]]) -> None:
    scores, truth = np.array([float(score) for score, _ in pairs]), np.array([one for _, one in pairs])
    right = [
        1.0 if high > low else 0.5 if high == low else 0.0 for high in scores[truth] for low in scores[~truth]
    ]
    if right:
        assert auc(scores, truth) == pytest.approx(sum(right) / len(right))
        assert auc_within(scores, truth, np.zeros(len(scores), dtype=np.int64)) == pytest.approx(
            auc(scores, truth)
        )
    else:
        assert np.isnan(auc(scores, truth))


@given(scored, st.randoms())
def test_lift_does_not_depend_on_the_order_of_ties(pairs: list[tuple[int, bool]], random: object) -> None:
    if not any(one for _, one in pairs):
        return
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def lift(rows: list[tuple[int, bool]]) -> float:
        return lift_top_decile(
            np.array([float(score) for score, _ in rows]), np.array([one for _, one in rows])
        )

    assert lift(pairs) == pytest.approx(lift(shuffled))
    assert 0 <= lift(pairs) <= len(pairs)


def test_lift_of_a_perfect_and_of_no_order() -> None:
    truth = np.arange(100) < 10
    assert lift_top_decile(truth.astype(float), truth) == pytest.approx(10.0)
    assert lift_top_decile(np.zeros(100), truth) == pytest.approx(1.0)


@given(st.integers(200, 30_000), st.floats(0.05, 0.5), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_steps_follow_each_other_and_learn_only_from_before(count: int, share: float, seed: int) -> None:
    truth = np.random.default_rng(seed).random(count) < share
    blocks = list(steps(truth))
    if not blocks:
        assert truth[: count - step_of(count)].sum() < LEAST_OF_EACH
        return
    assert blocks[-1].end == count
    assert truth[: blocks[0].start].sum() >= LEAST_OF_EACH
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        assert block.first < block.start < block.end
        assert block.start - block.first <= WINDOW
        assert following is None or following.start == block.end


def test_leads_of_one_moment_are_not_torn_apart() -> None:
    truth = np.arange(1000) % 3 == 0
    days = np.repeat(np.arange(20.0), 50)
    assert all(days[block.start - 1] < days[block.start] for block in steps(truth, days))


def test_no_model_saw_the_lead_that_it_scores_or_a_later_one() -> None:
    columns = leads(600)
    truth = won(columns)
    numbered = [*read(columns), Column("number", Kind.NUMBER, np.arange(600.0))]
    probe = Probe()
    result = in_time(numbered, truth, learn=probe)
    assert len(probe.learned) == len(result.models)
    for place, block in zip(result.places, result.blocks, strict=True):
        assert probe.learned[block].max() < place
        assert len(probe.learned[block]) <= WINDOW


def test_what_happens_later_changes_no_earlier_score() -> None:
    columns = leads(600)
    truth = won(columns)
    before = in_time(read(columns), truth)
    changed = leads(600, seed=99)
    mixed = {name: [*columns[name][:400], *changed[name][400:]] for name in KNOWN}
    after = in_time(read(mixed), np.concatenate([truth[:400], ~truth[400:]]))
    early = before.places < 400
    assert early.sum() > 300
    assert before.probabilities[early] == pytest.approx(after.probabilities[after.places < 400], abs=1e-12)


def test_cross_validation_keeps_the_leads_of_a_customer_together() -> None:
    columns = leads(600)
    groups = np.arange(600) // 3
    numbered = [*read(columns), Column("number", Kind.NUMBER, np.arange(600.0))]
    probe = Probe()
    result = crossed(numbered, won(columns), groups=groups, learn=probe)
    assert len(result.places) == 600
    assert len(probe.learned) == 2 * len(result.models)
    for fold, learned in enumerate(probe.learned[::2]):
        tested = result.places[result.blocks == fold]
        assert not set(groups[learned.astype(int)]) & set(groups[tested])
    for fold, calibrated in enumerate(probe.learned[1::2]):
        assert set(calibrated) < set(probe.learned[2 * fold]), "a calibration sees nothing of the tested fold"


def test_the_truth_is_found_and_the_probabilities_keep_their_promise() -> None:
    columns = leads(3000, seed=5)
    truth = won(columns)
    area = np.array([float(cell.replace(",", ".")) for cell in columns["Wohnfläche"]])
    pull = {"Empfehlung": 1.1, "Messe": 0.3, "Website": 0.0, "Anzeige": -0.8}
    odds = (area - 150) / 70 + np.array([pull[one] for one in columns["Quelle"]])
    odds += np.array([one == "ja" for one in columns["Besuch gewünscht"]]) * 1.0
    for result in (in_time(read(columns), truth), crossed(read(columns), truth)):
        there = truth[result.places]
        best = auc(odds[result.places], there)
        assert best - 0.03 < auc(result.probabilities, there) < best + 0.01
        assert result.probabilities.mean() == pytest.approx(there.mean(), abs=0.03)


@given(st.floats(-1, 1), st.floats(0.5, 2.0))
@settings(max_examples=20, deadline=None)
def test_calibration_finds_shift_and_slope(shift: float, slope: float) -> None:
    random = np.random.default_rng(1)
    odds = random.normal(0, 2, 20_000)
    truth = random.random(20_000) < 1 / (1 + np.exp(-(shift + slope * odds)))
    found = calibrate(odds, truth)
    assert found.shift == pytest.approx(shift, abs=0.12)
    assert found.slope == pytest.approx(slope, abs=0.12)


def test_few_rows_change_little_and_one_kind_nothing() -> None:
    assert calibrate(np.zeros(20), np.ones(20, dtype=bool)).shift == 0
    assert abs(calibrate(np.zeros(4), np.array([True, True, True, False])).shift) < 0.2


def test_reasons_of_one_lead_name_what_was_true_of_it() -> None:
    columns = leads(1500, seed=7)
    known = read(columns)
    model = fit(known, won(columns), seed=1)
    row = next(
        n
        for n in range(1500)
        if columns["Quelle"][n] == "Empfehlung" and columns["Besuch gewünscht"][n] == "ja"
    )
    reasons = {reason.column: reason for reason in model.reasons(known, row)}
    assert reasons["Quelle"].value == "Empfehlung"
    assert reasons["Quelle"].weight > 0.3
    assert reasons["Besuch gewünscht"].weight > 0.2
    assert abs(reasons["Region"].weight) < 0.3
    assert model.score([column.rows(np.array([row])) for column in known])[0] > won(columns).mean()


WEEK = ["Mo", "Di", "Mi", "Do", "Fr"]


def test_weekdays_that_move_on_through_the_rows_tell_that_they_stand_in_time() -> None:
    in_order = read_column("Tag", [WEEK[number // 7 % 5] for number in range(500)])
    assert moves_on(in_order)
    mixed = np.random.default_rng(1).permutation(500)
    assert not moves_on(in_order.rows(mixed))
    assert not moves_on(read_column("Tag", sorted(WEEK * 100))), "sorted by the name of the day"
    assert not moves_on(read_column("Tag", [day for day in WEEK for _ in range(100)])), "sorted by the day"
    for asked in (None, "Tag"):
        order = find_order([in_order], {"Tag": []}, list(range(500)), asked)
        assert (order.known, order.column) == (True, None)
        assert "“Tag”" in order.words


def test_the_order_is_that_of_the_beginning_not_of_the_end() -> None:
    columns = leads(50) | {"Abgeschlossen am": [f"{day % 28 + 1:02d}.03.2026" for day in range(50)]}
    del columns["Ergebnis"]
    order = find_order(read(columns, list(columns)), columns, list(range(50)), None)
    assert (order.known, order.column) == (True, "Eingang")
    del columns["Eingang"]
    assert not find_order(read(columns, list(columns)), columns, list(range(50)), None).known


def test_a_customer_who_comes_again_is_recognised() -> None:
    again = read_column("Kundennummer", [str(4000 + number // 2) for number in range(200)])
    once = read_column("Kundennummer", [str(4000 + number) for number in range(200)])
    assert guess_group([again]) is again
    assert guess_group([once]) is None
