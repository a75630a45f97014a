"""What the pages about human control need, put into words: levels, evidence, four eyes, reliability."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots import selectors
from pilotwerk.pilots.domain.autonomy import Level, below
from pilotwerk.pilots.domain.autonomy_evidence import NOTICED
from pilotwerk.pilots.domain.states import CaseState
from pilotwerk.pilots.models import Case, Pilot, Proposal
from pilotwerk.pilots.wording import LEVEL_LABELS, LEVEL_SENTENCES, LIMIT_SENTENCES


def level_row(found: selectors.Standing) -> dict[str, Any]:
    """One level with its figures and what may be done now, as words."""
    evidence, watch = found.evidence, found.watch
    return {
        "standing": found,
        "name": found.category or _("Whole pilot"),
        "label": LEVEL_LABELS[found.level],
        "sentence": LEVEL_SENTENCES[found.level],
        "target": LEVEL_LABELS[found.target] if found.target else "",
        "target_sentence": LEVEL_SENTENCES[found.target] if found.target else "",
        "rate": None if isinstance(found.rate, CannotTell) else found.rate,
        "agreed": evidence.agreed,
        "cases": evidence.cases,
        "low": found.interval[0],
        "high": found.interval[1],
        "bound": evidence.bound,
        "certainty": 1 - found.error,
        "state": "ok" if found.offered else "open",
        "word": _evidence_word(found),
        "watched": watch,
        "watch_state": "warn" if watch and watch.height > watch.rules.threshold / 2 else "ok",
        "noticed": NOTICED,
        "lower": [(level.value, LEVEL_LABELS[level]) for level in below(found.level)],
        "promotion": found.promotion,
    }


def _evidence_word(found: selectors.Standing) -> str:
    if found.target is None:
        return _("highest level")
    if found.obstacles:
        return _("not allowed")
    return _("shown") if found.shown else _("not shown yet")


def level_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """The whole pilot, then each category that it knows."""
    return [level_row(selectors.standing(pilot, name)) for name in ("", *selectors.categories(pilot))]


def history_rows(pilot: Pilot) -> list[dict[str, Any]]:
    """All periods, newest first, each with its reason in a sentence."""
    rows = []
    for period in selectors.levels_history(pilot):
        figures = {name: period.figures.get(name, 0) for name in ("agreed", "cases")}
        names = {"first": period.first_name, "second": period.second_name}
        why = {
            "signed": _("Signed by %(first)s and %(second)s; %(agreed)s of %(cases)s agreed."),
            "by_hand": _("Lowered by %(first)s."),
            "fall": _("Quality fell: only %(agreed)s of the last %(cases)s were in order."),
        }[period.cause]
        rows.append(
            {
                "period": period,
                "name": period.category or _("Whole pilot"),
                "label": LEVEL_LABELS[period.level],
                "why": why % (figures | names),
            }
        )
    return rows


def four_eyes(case: Case, actor_id: str) -> dict[str, Any]:
    """Whether this case needs two people and why, who has approved, and why this person may not."""
    if case.state == CaseState.DONE:
        return {}
    proposal = Proposal.objects.filter(case=case, revision=case.revision).first()
    shown = None if selectors.blind(case) else proposal
    why = [str(LIMIT_SENTENCES[limit]) for limit in selectors.limits_reached(case, shown)]
    first = selectors.first_approval(case) if case.state == CaseState.WAITING_SECOND else None
    mine = first is not None and (
        first.actor_id == actor_id or (proposal is not None and proposal.author_id == actor_id)
    )
    return {"two_because": why, "first_approval": first, "first_is_mine": mine}


def reliability(pilot: Pilot) -> dict[str, Any]:
    """How reliable the quality check is and how awake the team is, each with its reason where it cannot be said."""
    kappa, awake = selectors.kappa(pilot), selectors.awake(pilot)
    checked, all_drawn = selectors.samples(pilot)
    return {
        "kappa": None if isinstance(kappa, CannotTell) else kappa,
        "kappa_reason": kappa.reason if isinstance(kappa, CannotTell) else "",
        "awake": None if isinstance(awake, CannotTell) else awake,
        "awake_reason": awake.reason if isinstance(awake, CannotTell) else "",
        "announced": selectors.announcement(pilot),
        "samples_checked": checked,
        "samples": all_drawn,
        "level": Level,
    }
