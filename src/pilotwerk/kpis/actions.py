from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register
from pilotwerk.kpis.catalogue import catalogue

LABELS = {"kpi": {kpi.id: lazystr(kpi.name) for kpi in catalogue().kpis}}

register("kpis.baseline_frozen", _("%(actor)s froze the baseline of: %(kpi)s"), labels=LABELS)
register("kpis.goal_set", _("%(actor)s set a goal for: %(kpi)s"), labels=LABELS)
register("kpis.goal_removed", _("%(actor)s removed the goal for: %(kpi)s"), labels=LABELS)
