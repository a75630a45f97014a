"""Reads about a pilot as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.accounts.models import Organisation
from pilotwerk.governance.selectors import obstacles, system_for_use_case, system_is_ready
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.states import Arm, CaseState, PilotState
from pilotwerk.pilots.models import (
    SENDING,
    Case,
    Closed,
    ConnectionKind,
    DecisionKind,
    ModelState,
    ModelVersion,
    Pilot,
    SourceKind,
    TargetKind,
)
from pilotwerk.pilots.recipes.base import Recipe
from pilotwerk.pilots.selectors.connections import connections_offered
from pilotwerk.pilots.selectors.recipes import place_of
from pilotwerk.pilots.selectors.stop import ai_decisions
from pilotwerk.portfolio.models import UseCase


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a pilot may not start yet, and where that is put right (an address inside the organisation)."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class PilotSummary:
    """Counts of a pilot. ``decided`` are valid decisions about proposals: approved, edited or rejected."""

    cases: int
    with_ai: int
    as_before: int
    waiting: int
    sent: int
    decided: int
    approved: int
    edited: int
    rejected: int
    failed: int
    unclear: int


def pilot_current(organisation: Organisation) -> Pilot | None:
    """The pilot that has not ended, or else the last one that has."""
    found = Pilot.objects.of(organisation).select_related("use_case", "model_version", "organisation")
    return found.exclude(state=PilotState.ENDED.value).first() or found.order_by("-ended_at").first()


def pilot_summary(pilot: Pilot) -> PilotSummary:
    """The pilot's counts up to now."""
    cases = Case.objects.filter(pilot=pilot).aggregate(
        cases=Count("pk"),
        with_ai=Count("pk", filter=Q(arm=Arm.AI.value)),
        as_before=Count("pk", filter=Q(arm=Arm.CONTROL.value)),
        waiting=Count("pk", filter=Q(state__in=[CaseState.WAITING.value, CaseState.WAITING_MANUAL.value])),
        sent=Count("pk", filter=Q(closed=Closed.SENT)),
        failed=Count("pk", filter=Q(state=CaseState.FAILED.value)),
        unclear=Count("pk", filter=Q(state=CaseState.OUTCOME_UNKNOWN.value)),
    )
    decided = ai_decisions(pilot).aggregate(
        decided=Count("pk"),
        approved=Count("pk", filter=Q(kind=DecisionKind.APPROVE)),
        edited=Count("pk", filter=Q(kind=DecisionKind.EDIT)),
        rejected=Count("pk", filter=Q(kind=DecisionKind.REJECT)),
    )
    return PilotSummary(**cases, **decided)


def targets_offered(organisation: Organisation, about: Recipe) -> list[str]:
    """The recipe's ways out that work here: e-mail where a mail server is set up, a connection where one works."""
    mail = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    without = {TargetKind.OUTBOX.value} | ({TargetKind.SMTP.value} if mail else set())
    return _offered(organisation, about, TargetKind.values, about.targets, without)


def sources_offered(organisation: Organisation, about: Recipe) -> list[str]:
    """The recipe's ways in: upload and folder always, a connection where one works."""
    without = {SourceKind.UPLOAD.value, SourceKind.FOLDER.value}
    return _offered(organisation, about, SourceKind.values, about.sources, without)


def _offered(
    organisation: Organisation, about: Recipe, known: list[str], wanted: Sequence[str], without: set[str]
) -> list[str]:
    """Of the `wanted` ways those that need no connection, and those that have one."""
    return [
        str(one)
        for one in known
        if one in wanted
        and (
            one in without
            or (one in ConnectionKind.values and connections_offered(organisation, about, one).exists())
        )
    ]


def start_obstacles(pilot: Pilot) -> list[Obstacle]:
    """Why the pilot may not start yet; empty when it may."""
    found = register_obstacles(pilot.organisation, pilot.use_case)
    to = pilot.organisation.url
    if pilot.model_version_id is None and not pilot.untrained_reason:
        text = _("Nothing was learned yet, and no reason is given to start without it.")
        found.append(Obstacle(text, to("pilots:setup") + "#learn"))
    for kind, connection in (
        (pilot.source_kind, pilot.source_connection),
        (pilot.target_kind, pilot.target_connection),
    ):
        if kind in ConnectionKind.values and (connection is None or not connection.works):
            text = (
                _("The mailbox was not tested yet or does not work.")
                if kind == ConnectionKind.MAILBOX
                else _("The connection was not tested yet or does not work.")
            )
            if not any(one.text == text for one in found):
                found.append(Obstacle(text, to("pilots:connections")))
    if not pilot.stop_rules:
        found.append(Obstacle(_("No stop rule is set."), to("pilots:setup") + "#how"))
    place = place_of(pilot, pilot.organisation)
    found += [Obstacle(text, to("pilots:setup")) for text in recipe.of(pilot.recipe).missing(place)]
    return found


def register_obstacles(organisation: Organisation, use_case: UseCase) -> list[Obstacle]:
    """What the AI register still asks before a pilot of this use case may start; each leads to its page."""
    system = system_for_use_case(use_case)
    if system is None:
        text = _("The AI system is not in the AI register yet.")
        return [Obstacle(text, organisation.url("governance:system_add"))]
    if system_is_ready(system):
        return []
    questions = organisation.url("governance:classify", pk=system.pk)
    entry = organisation.url("governance:system", pk=system.pk)
    said = {
        "unclassified": Obstacle(_("The AI system is not classified yet."), questions),
        "open": Obstacle(
            _("Questions of the classification are open, so it cannot be told what applies."), questions
        ),
        "dpia": Obstacle(_("The decision on the data protection impact assessment is missing."), entry),
    }
    refused = Obstacle(_("By its classification the AI system may not start as a pilot."), entry)
    return [said.get(code, refused) for code in obstacles(system)]


def version_newest(pilot: Pilot) -> ModelVersion | None:
    """The version that was ordered last, whatever became of it."""
    return ModelVersion.objects.filter(pilot=pilot).order_by("-number").first()


def version_in_training(pilot: Pilot) -> bool:
    return ModelVersion.objects.filter(pilot=pilot, state=ModelState.TRAINING).exists()


def categories(pilot: Pilot) -> list[str]:
    """The categories that the pilot knows, by frequency in what it learned from, then the ones people used."""
    known: dict[str, int] = {}
    if pilot.model_version is not None:
        known = dict(pilot.model_version.facts.get("categories") or {})
    return sorted(known, key=lambda name: (-known[name], name))


# What a figure's link shows: name in the address, label, condition.
FILTERS: list[tuple[str, Any, Q]] = [
    ("all", gettext_lazy("all"), Q()),
    ("open", gettext_lazy("open"), ~Q(state=CaseState.DONE.value)),
    ("sent", gettext_lazy("sent"), Q(closed=Closed.SENT)),
    ("ai", gettext_lazy("with AI"), Q(arm=Arm.AI.value)),
    ("control", gettext_lazy("as before"), Q(arm=Arm.CONTROL.value)),
    ("rejected", gettext_lazy("rejected proposals"), Q(decisions__kind=DecisionKind.REJECT)),
    (
        "edited",
        gettext_lazy("edited proposals"),
        Q(decisions__kind=DecisionKind.EDIT, decisions__withdrawn_at=None),
    ),
    ("fault", gettext_lazy("faults"), Q(state__in=[CaseState.FAILED.value, CaseState.OUTCOME_UNKNOWN.value])),
    ("closed", gettext_lazy("closed without sending"), Q(closed__in=[Closed.NO_ANSWER, Closed.ELSEWHERE])),
]


def _found_by(words: str) -> Q:
    """Cases that a person means: by their number as it is said or as it came, by subject, name or address."""
    number = re.fullmatch(r"(?:V-?)?0*(\d{1,9})", words, re.IGNORECASE)
    said = Q(key__iexact=words)
    for field in ("subject", "sender_name", "sender_address"):
        said |= Q(**{f"{field}__icontains": words})
    return said | Q(number=int(number[1])) if number else said


def cases_filtered(pilot: Pilot, show: str, words: str = "") -> tuple[QuerySet[Case], list[dict[str, Any]]]:
    """The cases under a filter and with these words, newest first, and all filters with their counts."""
    base = Case.objects.filter(pilot=pilot)
    if words:
        base = base.filter(_found_by(words))
    filters = [
        {"name": name, "label": label, "count": base.filter(condition).distinct().count()}
        for name, label, condition in FILTERS
    ]
    chosen = next((condition for name, _label, condition in FILTERS if name == show), Q())
    return base.filter(chosen).distinct().order_by("-received_at", "-number").defer("text"), filters


def sent_by_level(pilot: Pilot) -> int:
    """How many of the answers that went out carry no person's name, but a level that two people signed."""
    return Case.objects.filter(
        pilot=pilot,
        closed=Closed.SENT,
        decisions__kind=DecisionKind.AUTO,
        decisions__withdrawn_at=None,
    ).count()


def approval_coverage(pilot: Pilot) -> tuple[int, int]:
    """How many answers went out, and how many of them carry a valid decision with exactly the content that
    went.
    """
    sent = Case.objects.filter(pilot=pilot, closed=Closed.SENT)
    covered = sent.filter(
        decisions__kind__in=SENDING,
        decisions__withdrawn_at=None,
        decisions__content_hash=F("delivery__content_hash"),
    )
    return sent.count(), covered.distinct().count()
