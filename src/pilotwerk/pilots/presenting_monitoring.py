"""What the monitoring page shows over time, put into words, pictures and tables."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.charts import Bar, Panel, Table, columns, course, nice_top
from pilotwerk.pilots.charts import Picture as Drawn
from pilotwerk.pilots.domain.monitoring.quantiles import Spread
from pilotwerk.pilots.domain.states import Arm
from pilotwerk.pilots.selectors.monitoring import WAIT_CLASSES, Course, Stretch
from pilotwerk.web.templatetags.pw import duration_days, euro, number, percent, short_date

Triple = tuple[float, float, float]


def hours(value: float | None) -> str:
    """Hours as people say them."""
    return duration_days(None if value is None else value / 24)


def money(value: Any) -> str:
    """Euro with as many places as tiny prices need."""
    if value is None or isinstance(value, CannotTell):
        return _("open")
    return euro(value, 2 if float(value) >= 1 or not value else 4)


def course_panels(course_: Course, *, autonomy_url: str, cases_url: str) -> list[Panel]:
    """The panels in their order; what does not apply to this pilot is left out."""
    found = [
        _volume(course_, cases_url),
        _acceptance(course_, autonomy_url),
        _reasons(course_, cases_url),
        _times(course_),
        _edits(course_),
        _waiting(course_),
        _cost(course_),
    ]
    return [one for one in found if one is not None]


def label_of(course_: Course, stretch: Stretch) -> str:
    """The day, or from when to when."""
    first = short_date(stretch.period.first)
    if stretch.period.first == stretch.period.last:
        return first
    return _("%(first)s to %(last)s") % {"first": first, "last": short_date(stretch.period.last)}


def _table(
    course_: Course, caption: str, headings: Sequence[str], row: Callable[[Stretch], Sequence[str]]
) -> Table:
    first = _("Day") if course_.span.step == "day" else _("Week")
    rows = tuple((label_of(course_, one), *row(one)) for one in course_.periods)
    return Table(caption, (first, *headings), rows)


def _ends(course_: Course) -> dict[str, str]:
    return {"first": short_date(course_.span.first), "last": short_date(course_.span.last)}


def _volume(course_: Course, cases_url: str) -> Panel:
    values = [one.received for one in course_.periods]
    busiest, total = max(values), course_.whole.received
    day = course_.span.step == "day"
    caption = (
        _("Cases a day; the tallest column is %(count)s.")
        if day
        else _("Cases a week; the tallest column is %(count)s.")
    ) % {"count": number(busiest)}
    return Panel(
        "volume",
        _("How much came in?"),
        ngettext("%(count)s case came in.", "%(count)s cases came in.", total) % {"count": number(total)},
        picture=columns(values, caption=caption, **_ends(course_)),
        table=_table(
            course_,
            _("Cases and decisions"),
            (_("Cases"), _("Approved"), _("Edited"), _("Rejected"), _("By itself")),
            lambda one: tuple(
                number(value)
                for value in (
                    one.received,
                    one.decided.approved,
                    one.decided.edited,
                    one.decided.rejected,
                    one.decided.by_itself,
                )
            ),
        ),
        link=(cases_url, _("All cases")),
    )


def _acceptance(course_: Course, autonomy_url: str) -> Panel:
    decided = course_.whole.decided
    if isinstance(decided.acceptance, CannotTell):
        return Panel("acceptance", _("How many proposals are accepted?"), decided.acceptance.reason)
    low, high = decided.interval
    values = [_accepted(one) for one in course_.periods]
    return Panel(
        "acceptance",
        _("How many proposals are accepted?"),
        _("People approved %(share)s of %(count)s proposals (95%% interval %(low)s to %(high)s).")
        % {
            "share": percent(decided.acceptance),
            "count": number(decided.total),
            "low": percent(low),
            "high": percent(high),
        },
        picture=course(
            values,
            top=1,
            ticks=[(1, percent(1)), (0.5, percent(0.5))],
            caption=_(
                "Share of proposals that were approved, unchanged or edited; the bar is the 95 per cent interval."
            ),
            **_ends(course_),
        ),
        table=_table(
            course_,
            _("Accepted proposals"),
            (_("Decided"), _("Accepted"), _("From"), _("To")),
            lambda one: _accepted_row(one),
        ),
        link=(
            autonomy_url,
            _("Whether quality falls is watched case by case on the page of the autonomy level."),
        ),
    )


def _accepted(one: Stretch) -> Triple | None:
    share = one.decided.acceptance
    return None if isinstance(share, CannotTell) else (share, *one.decided.interval)


def _accepted_row(one: Stretch) -> tuple[str, ...]:
    found = _accepted(one)
    return (number(one.decided.total), *(percent(value) for value in found or (None, None, None)))


def _reasons(course_: Course, cases_url: str) -> Panel:
    title = _("Why were proposals rejected?")
    if not course_.reasons:
        return Panel("reasons", title, _("None was rejected in this time."))
    first = course_.reasons[0]
    return Panel(
        "reasons",
        title,
        _("Most often: %(reason)s (%(share)s).") % {"reason": first.label, "share": percent(first.share)},
        picture=Drawn(
            "bars",
            bars=tuple(
                Bar(one.label, one.share, f"{number(one.count)} · {percent(one.share)}")
                for one in course_.reasons
            ),
        ),
        link=(f"{cases_url}?show=rejected", _("The rejected proposals")),
    )


def _spread_course(found: Sequence[Spread | CannotTell], unit: Callable[[float], str], **words: Any) -> Drawn:
    top = nice_top(max((one.high for one in found if isinstance(one, Spread)), default=1.0))
    values = [(one.median, one.median, one.high) if isinstance(one, Spread) else None for one in found]
    return course(values, top=top, ticks=[(top, unit(top)), (top / 2, unit(top / 2))], **words)


def _times(course_: Course) -> Panel:
    wait, send = course_.whole.to_decision, course_.whole.to_sending
    ai, before = course_.answer_hours[Arm.AI], course_.answer_hours[Arm.CONTROL]
    sentence = (
        wait.reason
        if isinstance(wait, CannotTell)
        else _("Half of the proposals are decided within %(median)s, nine of ten within %(high)s.")
        % {"median": hours(wait.median), "high": hours(wait.high)}
    )
    facts = [
        (_("Proposal to decision"), wait),
        (_("Decision to sending"), send),
        (_("Arrival to answer, with AI"), ai),
        (_("Arrival to answer, as before"), before),
    ]
    return Panel(
        "times",
        _("How long does it take?"),
        sentence,
        facts=tuple((name, *_spread_words(found, hours)) for name, found in facts),
        picture=None
        if isinstance(wait, CannotTell)
        else _spread_course(
            [one.to_decision for one in course_.periods],
            hours,
            caption=_("Proposal to decision: the point is the median, the bar goes up to nine of ten."),
            **_ends(course_),
        ),
        table=_table(
            course_,
            _("Times, median and nine of ten"),
            (
                _("To the decision"),
                _("Nine of ten"),
                _("Decision to sending"),
                _("Nine of ten"),
            ),
            lambda one: (*_pair(one.to_decision, hours), *_pair(one.to_sending, hours)),
        ),
    )


def _pair(found: Spread | CannotTell, unit: Callable[[float | None], str]) -> tuple[str, str]:
    return (unit(found.median), unit(found.high)) if isinstance(found, Spread) else (unit(None), unit(None))


def _spread_words(found: Spread | CannotTell, unit: Callable[[float], str]) -> tuple[str, str]:
    if isinstance(found, CannotTell):
        return _("open"), found.reason
    basis = ngettext(
        "median; nine of ten within %(high)s; %(count)s case",
        "median; nine of ten within %(high)s; %(count)s cases",
        found.count,
    ) % {"high": unit(found.high), "count": number(found.count)}
    return unit(found.median), basis


def _edits(course_: Course) -> Panel:
    found = course_.whole.edits
    title = _("How much do people change?")
    if isinstance(found, CannotTell):
        return Panel("edits", title, found.reason)
    return Panel(
        "edits",
        title,
        _(
            "In half of the approved proposals at most %(median)s of the words change, in nine of ten at most %(high)s."
        )
        % {"median": percent(found.median), "high": percent(found.high)},
        picture=_spread_course(
            [one.edits for one in course_.periods],
            percent,
            caption=_("Share of words changed: the point is the median, the bar goes up to nine of ten."),
            **_ends(course_),
        ),
        table=_table(
            course_,
            _("Words changed, median and nine of ten"),
            (_("Median"), _("Nine of ten")),
            lambda one: _pair(one.edits, percent),
        ),
    )


def _waiting(course_: Course) -> Panel:
    found = course_.waiting
    title = _("What waits now?")
    if not found.open:
        return Panel("waiting", title, _("Nothing waits for a decision."))
    bounds = [0, *WAIT_CLASSES]
    names = [
        *(
            _("under %(hours)s h") % {"hours": high}
            if not low
            else _("%(low)s to %(high)s h") % {"low": low, "high": high}
            for low, high in itertools.pairwise(bounds)
        ),
        _("longer"),
    ]
    bars = tuple(
        Bar(name, count / found.open, number(count)) for name, count in zip(names, found.classes, strict=True)
    )
    return Panel(
        "waiting",
        title,
        ngettext(
            "%(count)s case waits for a decision, the oldest for %(oldest)s.",
            "%(count)s cases wait for a decision, the oldest for %(oldest)s.",
            found.open,
        )
        % {"count": number(found.open), "oldest": hours(found.oldest)},
        facts=(
            (_("Open cases"), number(found.open), _("cases that wait for a person")),
            (_("Oldest"), hours(found.oldest), _("since it waits")),
            (_("Overdue"), number(found.overdue), _("cases beyond their deadline")),
        ),
        picture=Drawn("bars", caption=_("Open cases by how long they wait."), bars=bars),
    )


def _cost(course_: Course) -> Panel | None:
    cost = course_.whole.cost
    if not cost.calls:
        return None
    each = cost.each
    sentence = (
        each.reason
        if isinstance(each, CannotTell)
        else _("The language model costs %(each)s a case.") % {"each": money(each)}
    )
    values = [float(one.cost.euro) for one in course_.periods]
    caption = (
        _("Euro a day; the tallest column is %(sum)s.")
        if course_.span.step == "day"
        else _("Euro a week; the tallest column is %(sum)s.")
    )
    return Panel(
        "cost",
        _("What does the language model cost?"),
        sentence,
        facts=(
            (
                _("In this time"),
                money(cost.euro),
                ngettext("%(n)s call", "%(n)s calls", cost.calls) % {"n": number(cost.calls)},
            ),
            (_("A case"), money(each), _("%(n)s cases were handed to it") % {"n": number(cost.cases)}),
        ),
        picture=columns(values, caption=caption % {"sum": money(max(values))}, **_ends(course_)),
        table=_table(
            course_,
            _("Cost of the language model"),
            (_("Calls"), _("Cost"), _("A case")),
            lambda one: (number(one.cost.calls), money(one.cost.euro), money(one.cost.each)),
        ),
    )
