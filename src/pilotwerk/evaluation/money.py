"""The return in words: the calculation row by row, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pilotwerk.evaluation.domain.picture import Positions, positions
from pilotwerk.evaluation.domain.roi import Return, Unit
from pilotwerk.evaluation.models import RoiAssumptions
from pilotwerk.web.templatetags.pw import euro, number, percent, signed

LABELS: Mapping[str, Promise] = {
    "saving": gettext_lazy("Time saved per case"),
    "cases": gettext_lazy("Cases a year with AI"),
    "euro_per_hour": gettext_lazy("Cost of an hour of work"),
    "realisation": gettext_lazy("Used for other work"),
    "benefit": gettext_lazy("Benefit a year"),
    "running": gettext_lazy("Running costs a year"),
    "one_off": gettext_lazy("One-off costs"),
}


@dataclass(frozen=True, slots=True)
class MoneyRow:
    label: str
    cautious: str
    middle: str
    favourable: str
    basis: str


@dataclass(frozen=True, slots=True)
class Money:
    """The whole calculation, ready to be shown."""

    sentence: str
    rows: tuple[MoneyRow, ...]
    net: MoneyRow
    payback: MoneyRow
    places: Positions

    @property
    def css(self) -> Mapping[str, str]:
        """The places as lengths for style attributes."""
        low, point, high, zero = (f"{100 * place:.1f}%" for place in self.places)
        width = f"{100 * (self.places.high - self.places.low):.1f}%"
        return {"low": low, "point": point, "high": high, "zero": zero, "width": width}


def money(found: Return, given: RoiAssumptions) -> Money:
    """Put the calculation into words."""
    bases = {
        "saving": _("range of the handling time"),
        "cases": _("%(share)s of %(cases)s: %(basis)s")
        % {
            "share": percent(given.ai_percent / 100),
            "cases": number(given.cases_per_year),
            "basis": given.cases_basis,
        },
        "euro_per_hour": given.wage_basis,
        "realisation": _("assumption; time lost counts whole"),
        "benefit": _("working time only"),
        "running": given.running_basis,
        "one_off": given.one_off_basis,
    }
    return Money(
        sentence=_sentence(found),
        rows=tuple(
            _row(str(LABELS[line.key]), [_value(line.unit, part) for part in line.values], bases[line.key])
            for line in found.lines
        ),
        net=_row(_("Result in the first year"), [signed(euro(value)) for value in found.net], _shares(found)),
        payback=_row(_("Paid back after"), [payback(months) for months in found.payback_months], ""),
        places=positions(found.net.cautious, found.net.middle, found.net.favourable),
    )


def payback(months: int | None) -> str:
    """In how many months the one-off costs are back."""
    if months is None:
        return _("never")
    return ngettext("%(months)s month", "%(months)s months", months) % {"months": number(months)}


def _sentence(found: Return) -> str:
    values = {
        "cautious": signed(euro(found.net.cautious)),
        "middle": signed(euro(found.net.middle)),
        "favourable": signed(euro(found.net.favourable)),
        "months": payback(found.payback_months[1]),
        "influence": LABELS[found.largest_influence],
    }
    first = _("First year %(cautious)s to %(favourable)s, middle case %(middle)s.") % values
    if found.payback_months[1] is None:
        second = _("In the middle case it never pays back.")
    else:
        second = _("In the middle case it is paid back after %(months)s.") % values
    return f"{first} {second} " + _("The largest influence: %(influence)s.") % values


def _row(label: str, values: list[str], basis: str) -> MoneyRow:
    cautious, middle, favourable = values
    return MoneyRow(label, cautious, middle, favourable, basis)


def _shares(found: Return) -> str:
    shares = [signed(percent(share)) for share in found.share_of_cost if share is not None]
    return _("%(shares)s of the costs") % {"shares": ", ".join(shares)} if shares else ""


def _value(unit: Unit, value: float) -> str:
    match unit:
        case "minutes":
            return _("%(number)s min") % {"number": number(round(value, 1) + 0.0, 1)}
        case "cases":
            return number(value)
        case "share":
            return percent(value)
        case "euro_per_hour":
            return euro(value, 2)
        case "euro":
            return euro(value)
