"""Writes. Each is one transaction: guard of the state, named fields, audit entry; effects follow as stored
jobs.
"""

from pilotwerk.pilots.services.alerts import (
    alert_rule_offered,
    alert_rule_remove,
    alert_rule_save,
    alerts_look,
)
from pilotwerk.pilots.services.autonomy import (
    control_set,
    level_lower,
    promotion_confirm,
    promotion_sign,
    promotion_withdraw,
)
from pilotwerk.pilots.services.cases import case_ingest, cases_propose, cases_return_due
from pilotwerk.pilots.services.changing import STARTED, pilot_change
from pilotwerk.pilots.services.connections import connection_change, connection_create, connection_remove
from pilotwerk.pilots.services.decisions import (
    case_answer_manually,
    case_approve,
    case_edit_and_approve,
    case_reject,
    case_release,
    cases_approve,
)
from pilotwerk.pilots.services.deliveries import delivery_again, delivery_confirm
from pilotwerk.pilots.services.digests import (
    digest_choose,
    digest_set,
)
from pilotwerk.pilots.services.handling import case_open, case_signal
from pilotwerk.pilots.services.learning import pilot_train
from pilotwerk.pilots.services.mails import mail_as_request
from pilotwerk.pilots.services.pilots import pilot_end, pilot_setup, pilot_start
from pilotwerk.pilots.services.quality import Outcome, outcomes_load, quality_check, quality_check_again
from pilotwerk.pilots.services.recipes import (
    cases_noticed,
    options_set,
    optout_add,
    optout_remove,
    people_set,
    pilot_watch,
    table_take,
    watch_later,
)
from pilotwerk.pilots.services.setting_aside import (
    approval_withdraw,
    case_close,
    case_defer,
    case_give_back,
    case_take_back,
)
from pilotwerk.pilots.services.standstill import Standstill, organisation_stop
from pilotwerk.pilots.services.stopping import pilot_resume, pilot_stop, stop_reason_add
from pilotwerk.pilots.services.waiting import absence_add, absence_remove, cases_escalate

__all__ = [
    "STARTED",
    "Outcome",
    "Standstill",
    "absence_add",
    "absence_remove",
    "alert_rule_offered",
    "alert_rule_remove",
    "alert_rule_save",
    "alerts_look",
    "approval_withdraw",
    "case_answer_manually",
    "case_approve",
    "case_close",
    "case_defer",
    "case_edit_and_approve",
    "case_give_back",
    "case_ingest",
    "case_open",
    "case_reject",
    "case_release",
    "case_signal",
    "case_take_back",
    "cases_approve",
    "cases_escalate",
    "cases_noticed",
    "cases_propose",
    "cases_return_due",
    "connection_change",
    "connection_create",
    "connection_remove",
    "control_set",
    "delivery_again",
    "delivery_confirm",
    "digest_choose",
    "digest_set",
    "level_lower",
    "mail_as_request",
    "options_set",
    "optout_add",
    "optout_remove",
    "organisation_stop",
    "outcomes_load",
    "people_set",
    "pilot_change",
    "pilot_end",
    "pilot_resume",
    "pilot_setup",
    "pilot_start",
    "pilot_stop",
    "pilot_train",
    "pilot_watch",
    "promotion_confirm",
    "promotion_sign",
    "promotion_withdraw",
    "quality_check",
    "quality_check_again",
    "stop_reason_add",
    "table_take",
    "watch_later",
]
