"""A company wants to know which size class the law puts it in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilotwerk.company.domain.size import (
    Figures,
    Missing,
    Related,
    SizeClass,
    SizeResult,
    SizeUnknown,
    size_class,
)

ORDER = list(SizeClass)
MILLION = 1_000_000


def test_a_workshop_of_48_people_is_small() -> None:
    result = size_class(Figures(48, 8.2 * MILLION, 4 * MILLION))
    assert result == SizeResult(SizeClass.SMALL, Figures(48, 8.2 * MILLION, 4 * MILLION))


@pytest.mark.parametrize(
    ("staff", "turnover", "balance", "expected"),
    [
        (9, 2, 90, SizeClass.MICRO),
        (9, 2.01, 2.01, SizeClass.SMALL),
        (10, 1, 1, SizeClass.SMALL),
        (49, 10, 99, SizeClass.SMALL),
        (50, 1, 1, SizeClass.MEDIUM),
        (249, 50, 99, SizeClass.MEDIUM),
        (249, 99, 43, SizeClass.MEDIUM),
        (249, 51, 44, SizeClass.SMALL_MID_CAP),
        (250, 1, 1, SizeClass.SMALL_MID_CAP),
        (749, 150, 900, SizeClass.SMALL_MID_CAP),
        (749, 151, 130, SizeClass.LARGE),
        (750, 1, 1, SizeClass.LARGE),
    ],
)
def test_the_ceilings_of_both_recommendations(
    staff: float, turnover: float, balance: float, expected: SizeClass
) -> None:
    result = size_class(Figures(staff, turnover * MILLION, balance * MILLION))
    assert isinstance(result, SizeResult)
    assert result.size is expected


def test_240_people_with_60_million_turnover_stay_medium_by_their_balance_sheet() -> None:
    result = size_class(Figures(240, 60 * MILLION, 40 * MILLION))
    assert isinstance(result, SizeResult)
    assert result.size is SizeClass.MEDIUM
    assert result.size.is_sme


def test_a_parent_company_counts_in_full_and_a_partner_in_proportion() -> None:
    own = Figures(40, 6 * MILLION, 3 * MILLION)
    parent = Related("Parent", Figures(30, 5 * MILLION, 3 * MILLION), linked=True)
    partner = Related("Partner", Figures(100, 10 * MILLION, 8 * MILLION), linked=False, share=0.3)
    result = size_class(own, [parent, partner])
    assert isinstance(result, SizeResult)
    assert result.size is SizeClass.MEDIUM
    assert result.counted.staff == pytest.approx(100)
    assert result.counted.turnover == pytest.approx(14 * MILLION)


def test_an_unknown_balance_sheet_does_not_matter_when_the_turnover_decides() -> None:
    result = size_class(Figures(8, 1 * MILLION, None))
    assert result == SizeResult(SizeClass.MICRO, Figures(8, 1 * MILLION, None))


def test_unknown_figures_that_matter_are_named() -> None:
    result = size_class(
        Figures(8, None, None), [Related("Partner", Figures(4, 1 * MILLION, 1 * MILLION), False)]
    )
    assert isinstance(result, SizeUnknown)
    assert result.missing == (Missing("turnover"), Missing("balance"), Missing("share", "Partner"))
    assert (result.smallest, result.largest) == (SizeClass.MICRO, SizeClass.LARGE)


def test_a_share_outside_25_to_50_percent_is_no_partner() -> None:
    with pytest.raises(ValueError, match="25 to 50"):
        size_class(Figures(8, 1, 1), [Related("Other", Figures(1, 1, 1), linked=False, share=0.6)])


figure = st.one_of(st.none(), st.floats(0, 3e8))
staff = st.one_of(st.none(), st.floats(0, 2000))


@given(st.floats(0, 2000), st.floats(0, 3e8), st.floats(0, 3e8), st.floats(0, 1000), st.floats(0, 1e8))
def test_growing_never_makes_a_company_smaller(
    people: float, turnover: float, balance: float, more_people: float, more_money: float
) -> None:
    before = size_class(Figures(people, turnover, balance))
    after = size_class(Figures(people + more_people, turnover + more_money, balance + more_money))
    assert isinstance(before, SizeResult)
    assert isinstance(after, SizeResult)
    assert ORDER.index(before.size) <= ORDER.index(after.size)


@given(staff, figure, figure, st.floats(0, 2000), st.floats(0, 3e8), st.floats(0, 3e8))
def test_an_answer_given_with_unknowns_holds_whatever_they_turn_out_to_be(
    people: float | None, turnover: float | None, balance: float | None, a: float, b: float, c: float
) -> None:
    early = size_class(Figures(people, turnover, balance))
    late = size_class(
        Figures(
            a if people is None else people,
            b if turnover is None else turnover,
            c if balance is None else balance,
        )
    )
    assert isinstance(late, SizeResult)
    if isinstance(early, SizeResult):
        assert early.size is late.size
    else:
        place = ORDER.index(late.size)
        assert ORDER.index(early.smallest) <= place <= ORDER.index(early.largest)


def test_whether_there_are_related_companies_matters_unless_the_company_is_large_anyway() -> None:
    small = size_class(Figures(8, 1 * MILLION, 1 * MILLION), related_known=False)
    assert isinstance(small, SizeUnknown)
    assert small.missing == (Missing("related"),)
    large = size_class(Figures(900, None, None), related_known=False)
    assert isinstance(large, SizeResult)
    assert large.size is SizeClass.LARGE
