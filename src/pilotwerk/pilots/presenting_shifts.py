"""Calibration and drift, put into words, pictures and tables."""

from __future__ import annotations

from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.charts import Bar, Mark, Panel, Picture, Table, course, nice_top
from pilotwerk.pilots.charts import percent as place
from pilotwerk.pilots.domain.monitoring.drift import CLEAR, OTHER, SLIGHT, Drift, Verdict
from pilotwerk.pilots.domain.monitoring.reliability import Reliability
from pilotwerk.pilots.presenting_monitoring import label_of
from pilotwerk.pilots.selectors.monitoring import Course
from pilotwerk.pilots.selectors.shifts import REFERENCE, Shift
from pilotwerk.web.templatetags.pw import number, percent, short_date


def calibration_panel(found: Reliability | CannotTell) -> Panel:
    """Stated confidence beside what turned out."""
    title = _("Is the stated confidence true?")
    if isinstance(found, CannotTell):
        return Panel("calibration", title, _("Cannot be told yet. %(why)s") % {"why": found.reason})
    marks = tuple(
        Mark(place(one.stated), place(1 - one.share), place(1 - one.high), place(1 - one.low))
        for one in found.bins
    )
    rows = tuple(
        (
            percent(one.stated, 1),
            percent(one.share, 1),
            percent(one.low),
            percent(one.high),
            number(one.n),
        )
        for one in found.bins
    )
    return Panel(
        "calibration",
        title,
        _calibration_sentence(found),
        facts=(
            (
                _("Calibration error"),
                percent(found.error, 1),
                _("mean gap between stated and true, weighted by cases"),
            ),
            (
                _("By chance alone"),
                percent(found.by_chance, 1),
                _("what so many cases give when every confidence is true"),
            ),
            (_("Cases"), number(found.n), _("decided proposals with a stated confidence")),
        ),
        picture=Picture(
            "curve",
            marks=marks,
            caption=_(
                "Each point is a group of about as many cases; the bar is the 95 per cent interval. On the dashed line "
                "the stated confidence is exactly true, below it is too high."
            ),
        ),
        table=Table(
            _("Stated confidence and what turned out"),
            (_("Stated"), _("Right"), _("From"), _("To"), _("Cases")),
            rows,
        ),
    )


def _calibration_sentence(found: Reliability) -> str:
    if found.error <= 1.5 * found.by_chance:
        return _("Yes, as far as %(count)s cases can tell.") % {"count": number(found.n)}
    values = {"gap": number(abs(found.tilt) * 100, 1)}
    if found.tilt >= found.error / 2:
        return _("No: it is too high, by %(gap)s percentage points on average.") % values
    if found.tilt <= -found.error / 2:
        return _("No: it is too low, by %(gap)s percentage points on average.") % values
    return _("Not everywhere: in some places it is too high, in others too low.")


def shift_panels(course_: Course, shifts: dict[str, Shift]) -> list[Panel]:
    """One panel for each kind of change: category, language, length."""
    titles = {
        "category": _("Do other kinds of requests come in?"),
        "language": _("Do other languages come in?"),
        "length": _("Do shorter or longer texts come in?"),
    }
    return [_shift_panel(course_, key, titles[key], shift) for key, shift in shifts.items()]


def _shift_panel(course_: Course, key: str, title: str, shift: Shift) -> Panel:
    found = shift.whole
    if isinstance(found, CannotTell):
        return Panel(key, title, _("Cannot be told yet. %(why)s") % {"why": found.reason})
    rows = tuple((_named(key, one.name), percent(one.before), percent(one.now)) for one in found.groups)
    bars = tuple(
        bar for name, before, now in rows for bar in (Bar(name, 0, before, on=False), Bar("", 0, now))
    )
    shares = [share for one in found.groups for share in (one.before, one.now)]
    bars = tuple(Bar(one.label, share, one.value, one.on) for one, share in zip(bars, shares, strict=True))
    return Panel(
        key,
        title,
        _shift_sentence(found),
        facts=(
            (
                _("Stability index (PSI)"),
                number(found.index, 2),
                _("under %(slight)s stable, from %(clear)s clearly changed")
                % {"slight": number(SLIGHT, 2), "clear": number(CLEAR, 2)},
            ),
            (
                _("By chance alone"),
                number(found.by_chance, 2),
                _("so many cases stay below in 99 of 100 times without a change"),
            ),
            (
                _("Cases"),
                number(found.n_now),
                ngettext(
                    "compared with %(count)s of the first %(reference)s",
                    "compared with %(count)s of the first %(reference)s",
                    found.n_before,
                )
                % {"count": number(found.n_before), "reference": number(REFERENCE)},
            ),
        ),
        picture=Picture(
            "bars",
            bars=bars,
            caption=_("Upper bar of each pair: at the start. Lower bar: in this time."),
        ),
        table=Table(
            _("Shares at the start and in this time"), (_("Group"), _("At the start"), _("Now")), rows
        ),
        parts=_over_time(course_, shift),
    )


def _over_time(course_: Course, shift: Shift) -> list[tuple[Picture, Table]]:
    """The index period by period, where at least two periods have enough cases."""
    if len(shift.periods) < 2:
        return []
    top = nice_top(max(CLEAR * 1.2, *(one.index for one in shift.periods.values())))
    values = [
        (found.index, found.index, found.index) if (found := shift.periods.get(n)) else None
        for n in range(len(course_.periods))
    ]
    picture = course(
        values,
        top=top,
        # A bound that would lie on the ground line is not drawn.
        ticks=[(one, number(one, 2)) for one in (top, CLEAR, SLIGHT) if one >= top / 6],
        caption=_("The index over time; a gap means too few cases."),
        first=short_date(course_.span.first),
        last=short_date(course_.span.last),
    )
    rows = tuple(
        (
            label_of(course_, course_.periods[n]),
            number(one.index, 2),
            number(one.by_chance, 2),
            number(one.n_now),
        )
        for n, one in shift.periods.items()
    )
    first = _("Day") if course_.span.step == "day" else _("Week")
    return [
        (
            picture,
            Table(_("The index over time"), (first, _("Index"), _("By chance alone"), _("Cases")), rows),
        )
    ]


def _shift_sentence(found: Drift) -> str:
    return {
        Verdict.STABLE: _("No: what comes in is as it was at the start."),
        Verdict.CHANCE: _("Cannot be told: so few cases differ as much by chance."),
        Verdict.SLIGHT: _("A little: what comes in has changed slightly since the start."),
        Verdict.CLEAR: _(
            "Yes: what comes in has clearly changed since the start. Look whether the proposals still fit."
        ),
    }[found.verdict]


def _named(key: str, name: str) -> str:
    if name == OTHER:
        return _("rare ones")
    if key == "language":
        return _("not recognised") if name == "?" else str(get_language_info(name)["name_translated"])
    return name
