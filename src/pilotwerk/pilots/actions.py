from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register
from pilotwerk.pilots.models import DataAllowed, ProviderRegion
from pilotwerk.pilots.models.alerts import MEASURES
from pilotwerk.pilots.wording import (
    ARM_LABELS,
    CONNECTION_RESULTS,
    LEVEL_LABELS,
    OUTCOME_LABELS,
    RULE_NAMES,
    STEP_LABELS,
)

register("pilots.pilot_set_up", _("%(actor)s set up the pilot %(pilot)s"))
register(
    "pilots.options_set",
    _("%(actor)s set what the pilot %(pilot)s works with and for whom"),
    personal=("people",),
)
register("pilots.pilot_changed", _("%(actor)s changed the running pilot %(pilot)s"))
register("pilots.model_ordered", _("%(actor)s had version %(number)s trained for the pilot %(pilot)s"))
register("pilots.model_trained", _("Version %(number)s for the pilot %(pilot)s was trained on %(rows)s rows"))
register("pilots.model_failed", _("Version %(number)s for the pilot %(pilot)s could not be trained"))
register(
    "pilots.pilot_started",
    _("%(actor)s started the pilot %(pilot)s; fingerprint of the draw: %(commitment)s"),
)
register("pilots.pilot_stopped", _("%(actor)s stopped the pilot %(pilot)s"), personal=("reason",))
register(
    "pilots.pilot_stopped_by_rule",
    _("The stop rule “%(rule)s” stopped the pilot %(pilot)s"),
    labels={"rule": RULE_NAMES},
)
register(
    "pilots.stop_reason_added",
    _("%(actor)s added the reason for stopping the pilot %(pilot)s"),
    personal=("reason",),
)
register(
    "pilots.everything_was_stopped",
    _("%(actor)s stopped everything (running pilots: %(pilots)s, language models: %(models)s)"),
    personal=("reason",),
)
register("pilots.pilot_resumed", _("%(actor)s let the pilot %(pilot)s go on"), personal=("reason",))
register("pilots.pilot_ended", _("%(actor)s ended the pilot %(pilot)s; the draw's seed is %(seed)s"))

register("pilots.cases_received", _("%(count)s requests came in from %(source)s"))
register("pilots.mails_set_aside", _("%(count)s mails from %(source)s were set aside as automatic"))
register("pilots.mail_taken_as_request", _("%(actor)s took an automatic mail as a request: %(case)s"))
register("pilots.case_assigned", _("%(case)s was assigned at random: %(arm)s"), labels={"arm": ARM_LABELS})
register("pilots.case_proposed", _("A proposal was made for %(case)s"))
register("pilots.case_not_proposed", _("Nothing could be proposed for %(case)s"))
register("pilots.case_returned", _("%(case)s is back in the queue"))

register("pilots.case_approved", _("%(actor)s approved the proposal for %(case)s"))
register("pilots.case_edited", _("%(actor)s edited and approved the proposal for %(case)s"))
register("pilots.case_rejected", _("%(actor)s rejected the proposal for %(case)s"), personal=("text",))
register("pilots.case_answered", _("%(actor)s answered %(case)s by hand"))
register("pilots.case_deferred", _("%(actor)s put %(case)s back"), personal=("text",))
register("pilots.case_closed", _("%(actor)s closed %(case)s without sending an answer"), personal=("text",))
register("pilots.approval_withdrawn", _("%(actor)s withdrew the approval of %(case)s"))

register("pilots.case_approved_first", _("%(actor)s approved %(case)s as the first of two people"))
register("pilots.case_given_back", _("%(actor)s gave %(case)s back for another look"), personal=("text",))
register("pilots.case_released", _("%(case)s was let out by the autonomy level"))
register("pilots.release_recalled", _("%(case)s was called back: its level no longer lets it out by itself"))
register("pilots.planted_replaced", _("In %(case)s a planted mistake was replaced by the true proposal"))
register(
    "pilots.case_escalated",
    _("%(case)s waits; %(count)s were told (%(step)s)"),
    labels={"step": STEP_LABELS},
)

register("pilots.control_set", _("%(actor)s set how people control the pilot %(pilot)s"))
register(
    "pilots.promotion_signed",
    _("%(actor)s signed the level “%(level)s” for the pilot %(pilot)s as the first of two"),
    labels={"level": LEVEL_LABELS},
)
register(
    "pilots.promotion_withdrawn",
    _("%(actor)s withdrew the offer of the level “%(level)s” for the pilot %(pilot)s"),
    labels={"level": LEVEL_LABELS},
)
register(
    "pilots.level_raised",
    _("%(actor)s signed as the second person: the pilot %(pilot)s has the level “%(level)s”"),
    labels={"level": LEVEL_LABELS},
)
register(
    "pilots.level_lowered",
    _("%(actor)s lowered the pilot %(pilot)s to the level “%(level)s”"),
    labels={"level": LEVEL_LABELS},
    personal=("reason",),
)
register(
    "pilots.level_fell",
    _("Quality fell: the pilot %(pilot)s went back to the level “%(level)s” by itself"),
    labels={"level": LEVEL_LABELS},
)
register("pilots.absence_added", _("%(actor)s entered an absence"), personal=("member", "deputy"))
register("pilots.absence_removed", _("%(actor)s removed an absence"))

register("pilots.delivery_tried", _("%(case)s is being sent"))
register("pilots.delivery_sent", _("%(case)s was sent"))
register("pilots.delivery_failed", _("%(case)s could not be sent"))
register("pilots.delivery_unknown", _("It is unclear whether %(case)s arrived"))
register("pilots.delivery_held_back", _("%(case)s was held back: it was not sent"))
register("pilots.delivery_returned", _("%(case)s came back: it did not arrive"))
register("pilots.delivery_confirmed", _("%(actor)s confirmed that %(case)s arrived"))
register("pilots.delivery_ordered_again", _("%(actor)s had %(case)s sent again"))

register("pilots.quality_checked", _("The quality of %(case)s was checked"), personal=("note",))
register("pilots.quality_checked_again", _("The quality of %(case)s was checked a second time"))
register("pilots.outcomes_loaded", _("%(actor)s loaded what customers said about %(count)s cases"))

register("pilots.case_revised", _("The proposal for %(case)s changed because new figures came in"))
register("pilots.case_settled", _("%(case)s settled itself by new figures"))
register("pilots.table_taken", _("%(actor)s handed in the table %(table)s for the pilot %(pilot)s"))
register(
    "pilots.optout_added", _("%(actor)s noted that an address must not be written to"), personal=("address",)
)
register(
    "pilots.optout_removed",
    _("%(actor)s noted that an address may be written to again"),
    personal=("address",),
)
register("pilots.connection_created", _("%(actor)s created the connection %(name)s to %(host)s"))
register("pilots.connection_changed", _("%(actor)s changed the connection %(name)s to %(host)s"))
register("pilots.connection_removed", _("%(actor)s removed the connection %(name)s"))
register(
    "pilots.connection_tested",
    _("%(actor)s tested the connection %(name)s: %(result)s"),
    labels={"result": CONNECTION_RESULTS},
)
register(
    "pilots.connection_broken",
    _("The connection %(name)s does not work: %(result)s"),
    labels={"result": CONNECTION_RESULTS},
)
register("pilots.connection_repaired", _("The connection %(name)s works again"))
register(
    "pilots.alert_rule_added",
    _("%(actor)s set a rule for alerts of the pilot %(pilot)s: %(measure)s"),
    labels={"measure": dict(MEASURES)},
)
register(
    "pilots.alert_rule_changed",
    _("%(actor)s changed a rule for alerts of the pilot %(pilot)s: %(measure)s"),
    labels={"measure": dict(MEASURES)},
)
register(
    "pilots.alert_rule_removed",
    _("%(actor)s removed a rule for alerts of the pilot %(pilot)s: %(measure)s"),
    labels={"measure": dict(MEASURES)},
)
register(
    "pilots.alert_raised",
    _("An alert of the pilot %(pilot)s was raised: %(measure)s"),
    labels={"measure": dict(MEASURES)},
)
register(
    "pilots.alert_resolved",
    _("An alert of the pilot %(pilot)s is over: %(measure)s"),
    labels={"measure": dict(MEASURES)},
)
register(
    "pilots.alert_test_ordered",
    _("%(actor)s has a test message sent to the webhook of a rule for alerts of the pilot %(pilot)s"),
)
register(
    "pilots.alert_tested",
    _("%(actor)s tested the webhook of a rule for alerts of the pilot %(pilot)s (%(host)s): %(result)s"),
    labels={"result": {**CONNECTION_RESULTS, "ok": _("it arrived")}},
)
register("pilots.digest_on", _("%(actor)s switched on the daily mail for the pilot %(pilot)s"))
register("pilots.digest_off", _("%(actor)s switched off the daily mail for the pilot %(pilot)s"))
register("pilots.digest_chosen_on", _("%(actor)s wants the daily mail about overdue cases"))
register("pilots.digest_chosen_off", _("%(actor)s does not want the daily mail about overdue cases"))
register("pilots.provider_saved", _("%(actor)s set up the language model %(name)s"))
register(
    "pilots.provider_on",
    _("%(actor)s switched on the language model %(name)s (%(region)s; may be sent: %(data)s)"),
    labels={"region": dict(ProviderRegion.choices), "data": dict(DataAllowed.choices)},
)
register("pilots.provider_off", _("%(actor)s switched off the language model %(name)s"))
register("pilots.provider_deleted", _("%(actor)s deleted the language model %(name)s"))
register("pilots.model_policy_saved", _("%(actor)s changed the rules for language models"))
register("pilots.model_use_saved", _("%(actor)s chose how the pilot %(pilot)s is answered: %(name)s"))
register("pilots.model_called", _("%(provider)s was asked: %(outcome)s"), labels={"outcome": OUTCOME_LABELS})
register("pilots.model_call_lost", _("A call of %(provider)s never came back and counts in full"))
register("pilots.model_budget_warning", _("80%% of the model budget of %(whose)s for %(period)s is used"))
register("pilots.model_budget_exhausted", _("The model budget of %(whose)s for %(period)s is used up"))
register(
    "pilots.model_circuit_opened", _("%(name)s failed %(failures)s times in a row and is left alone for now")
)
register("pilots.model_circuit_closed", _("%(name)s answers again"))
