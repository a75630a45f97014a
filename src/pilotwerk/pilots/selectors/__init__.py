"""Reads."""

from pilotwerk.pilots.domain.measures import CaseMeasure
from pilotwerk.pilots.selectors.measures import case_measures, checked, to_check
from pilotwerk.pilots.selectors.monitoring import monitoring, overdue
from pilotwerk.pilots.selectors.pilots import (
    Obstacle,
    PilotSummary,
    approval_coverage,
    cases_filtered,
    categories,
    pilot_current,
    pilot_summary,
    sources_offered,
    start_obstacles,
    targets_offered,
    version_in_training,
    version_newest,
)
from pilotwerk.pilots.selectors.queue import (
    Draft,
    Queue,
    case_get,
    decided_today,
    decisions_of,
    draft_of,
    queue_for,
    queue_of,
    sent_reply,
    waiting_count,
    withdrawable,
)
from pilotwerk.pilots.selectors.recipes import optouts, place_of, proposal_of, recipe_figures, tables_of
from pilotwerk.pilots.selectors.stop import readings as stop_readings

__all__ = [
    "CaseMeasure",
    "Draft",
    "Obstacle",
    "PilotSummary",
    "Queue",
    "approval_coverage",
    "case_get",
    "case_measures",
    "cases_filtered",
    "categories",
    "checked",
    "decided_today",
    "decisions_of",
    "draft_of",
    "monitoring",
    "optouts",
    "overdue",
    "pilot_current",
    "pilot_summary",
    "place_of",
    "proposal_of",
    "queue_for",
    "queue_of",
    "recipe_figures",
    "sent_reply",
    "sources_offered",
    "start_obstacles",
    "stop_readings",
    "tables_of",
    "targets_offered",
    "to_check",
    "version_in_training",
    "version_newest",
    "waiting_count",
    "withdrawable",
]
