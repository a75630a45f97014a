"""A profile as people read it: rows of tables and figures, ready for the page, in the active language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from pilotwerk.processes.domain.quality.columns import Type
from pilotwerk.processes.domain.quality.compare import Comparison, Moved, compare
from pilotwerk.processes.domain.quality.dimensions import BASIS
from pilotwerk.processes.domain.quality.findings import BLOCKER, INFO, WARNING, Finding, finding_from
from pilotwerk.processes.domain.quality.personal import Personal
from pilotwerk.processes.domain.quality.profile import Profile, profile_of
from pilotwerk.processes.domain.roles import PERSONAL
from pilotwerk.processes.quality import wording
from pilotwerk.web.templatetags.pw import number

if TYPE_CHECKING:
    from pilotwerk.processes.models import ProcessImport

Facts = Mapping[str, Any]
STATES = {BLOCKER: "bad", WARNING: "warn", INFO: "open"}
SUMMARY = 3


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding for a table; `state` is the look of its chip, `word` what stands in it."""

    title: str
    column: str
    state: str
    word: str
    rows: str
    effect: str
    is_rejection: bool


def finding_rows(found: list[Finding]) -> list[FindingRow]:
    """Findings as rows of a table."""
    return [_finding_row(one) for one in found]


def rejections(facts: Facts) -> list[FindingRow]:
    """Why rows were not imported. Imports without a profile keep these in a list of their own."""
    stored = (facts.get("quality") or facts).get("findings") or ()
    return finding_rows([one for one in map(finding_from, stored) if one.is_rejection])


def _finding_row(one: Finding) -> FindingRow:
    words = {BLOCKER: _("Blocker"), WARNING: _("Warning"), INFO: _("Note")}
    told = wording.tell(one)
    return FindingRow(
        told.title,
        one.column or "–",
        STATES[one.severity],
        words[one.severity],
        _row_list(one),
        told.effect,
        one.is_rejection,
    )


def _row_list(finding: Finding) -> str:
    if not finding.count:
        return "–"
    text = ", ".join(number(row) for row in finding.rows)
    more = finding.count - len(finding.rows)
    return _("%(rows)s and %(more)s more") % {"rows": text, "more": number(more)} if more else text


@dataclass(frozen=True, slots=True)
class Summary:
    """For the facts page: how many findings of each weight, and the gravest in words."""

    blockers: int
    warnings: int
    notes: int
    gravest: list[FindingRow]


def summary(facts: Facts) -> Summary | None:
    """The findings in short; None where the import has no profile."""
    profile = profile_of(facts)
    if profile is None:
        return None
    counts = profile.counts()
    serious = [one for one in profile.findings if one.severity != INFO]
    return Summary(counts[BLOCKER], counts[WARNING], counts[INFO], finding_rows(serious[:SUMMARY]))


@dataclass(frozen=True, slots=True)
class DimensionRow:
    name: str
    share: float | None
    basis: str


@dataclass(frozen=True, slots=True)
class ColumnRow:
    name: str
    type: str
    missing: str
    distinct: int
    personal: str
    is_personal: bool
    is_empty: bool
    findings: int


@dataclass(frozen=True, slots=True)
class UseRow:
    sentence: str
    state: str
    word: str


def dimensions(profile: Profile) -> list[DimensionRow]:
    """The five dimensions with how each is computed."""
    basis = wording.basis(BASIS)
    return [
        DimensionRow(str(wording.DIMENSIONS[name]), value, basis[name])
        for name, value in profile.dimensions.items()
    ]


def columns(profile: Profile) -> list[ColumnRow]:
    """The columns in the order of the file. One that was taken for people is personal, whatever it looks like."""
    people = {profile.roles.get(one) for one in PERSONAL}
    return [
        ColumnRow(
            name=one.name,
            type=str(wording.TYPES[one.type]),
            missing=wording.share(one.missing),
            distinct=one.distinct,
            personal=str(wording.TAKEN_FOR_PEOPLE)
            if one.personal_data is Personal.NONE and one.name in people
            else str(wording.PERSONAL[one.personal_data]),
            is_personal=one.personal_data is not Personal.NONE or one.name in people,
            is_empty=one.type is Type.EMPTY,
            findings=len(one.findings),
        )
        for one in profile.columns
    ]


def uses(profile: Profile) -> list[UseRow]:
    """What the data are enough for, least first."""
    words = {INFO: _("enough"), WARNING: _("in part"), BLOCKER: _("too little")}
    states = {INFO: "ok", WARNING: "warn", BLOCKER: "bad"}
    ordered = sorted(profile.uses, key=lambda use: use.share)
    return [UseRow(wording.tell_use(use), states[use.severity], words[use.severity]) for use in ordered]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What changed from the import before: of what, before, after."""

    name: str
    what: str
    before: str
    after: str


def changes(before: Profile, after: Profile) -> tuple[Comparison, list[ChangeRow]]:
    """The comparison, and its rows: dimensions first, then columns."""
    found = compare(before, after)
    rows = [_moved(one, str(wording.DIMENSIONS[one.name]), _("dimension")) for one in found.dimensions]
    rows += [ChangeRow(name, _("column"), "–", _("new")) for name in found.new]
    rows += [ChangeRow(name, _("column"), _("there"), _("gone")) for name in found.gone]
    rows += [
        ChangeRow(name, _("type"), str(wording.TYPES[old]), str(wording.TYPES[new]))
        for name, old, new in found.types
    ]
    rows += [
        ChangeRow(name, _("personal data"), str(wording.PERSONAL[old]), str(wording.PERSONAL[new]))
        for name, old, new in found.personal
    ]
    rows += [_moved(one, one.name, _("missing values")) for one in found.missing]
    rows += [
        ChangeRow(name, _("distribution"), "–", _("shifted (PSI %(psi)s)") % {"psi": number(index, 2)})
        for name, index in found.shifted
    ]
    return found, rows


def page_of(profile: Profile, before: "ProcessImport | None") -> dict[str, Any]:
    """What the page of a profile shows; `before` is the import that it is compared with."""
    context: dict[str, Any] = {
        "profile": profile,
        "counts": profile.counts(),
        "dimensions": dimensions(profile),
        "uses": uses(profile),
        "findings": finding_rows(profile.findings),
        "columns": columns(profile),
        "personal": [one for one in columns(profile) if one.is_personal],
        "before": before,
    }
    earlier = profile_of(before.facts) if before is not None else None
    if earlier is not None:
        context["comparison"], context["changes"] = changes(earlier, profile)
    return context


def _moved(one: Moved, name: str, what: str) -> ChangeRow:
    def told(value: float | None) -> str:
        return _("open") if value is None else wording.share(value)

    return ChangeRow(name, what, told(one.before), told(one.after))
