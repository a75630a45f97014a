from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

DECISIONS = {"pass": _("pass"), "hold": _("hold"), "stop": _("stop")}

register("journey.plan_started", _("%(actor)s started the 90-day plan on %(start)s"))
register(
    "journey.plan_moved", _("%(actor)s moved the start of the plan from %(before)s to %(after)s: %(reason)s")
)
register("journey.task_done", _("%(actor)s marked the task “%(task)s” as done"))
register("journey.task_reopened", _("%(actor)s reopened the task “%(task)s”: %(reason)s"))
register(
    "journey.task_assigned",
    _("%(actor)s gave the task “%(task)s” to %(owner)s, due on %(due)s: %(reason)s"),
    personal=("owner",),
)
register(
    "journey.gate_signed",
    _("%(actor)s decided at gate %(gate)s: %(decision)s. %(reason)s"),
    labels={"decision": DECISIONS},
)
register("journey.calendar_renewed", _("%(actor)s made a new address for the calendar feed"))
