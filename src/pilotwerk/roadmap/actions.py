from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

register(
    "roadmap.item_added",
    _("%(actor)s laid the use case %(use_case)s on the quarter %(quarter)s"),
    personal=("owner",),
)
register(
    "roadmap.item_changed",
    _("%(actor)s changed the use case %(use_case)s on the roadmap"),
    personal=("owner",),
)
register(
    "roadmap.item_moved",
    _("%(actor)s moved the use case %(use_case)s from %(before)s to %(after)s"),
)
register("roadmap.item_removed", _("%(actor)s took the use case %(use_case)s off the roadmap"))
register("roadmap.limits_saved", _("%(actor)s set budget and working days for each quarter of the roadmap"))
