from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register
from pilotwerk.company.catalogue import check

register("company.profile_saved", _("%(actor)s answered questions about the company"))
register("company.related_added", _("%(actor)s added the related company %(name)s"))
register("company.related_removed", _("%(actor)s removed the related company %(name)s"))
# What a person answered is nobody's business: the trail says only that the dimension was answered.
register(
    "company.readiness_answered",
    _("%(actor)s answered the readiness check: %(dimension)s"),
    labels={"dimension": {dimension.id: lazystr(dimension.title) for dimension in check().dimensions}},
)
register("company.survey_opened", _("%(actor)s opened the team survey"))
# Neither who answered nor what: the trail says only that an answer came in.
register("company.survey_answered", _("An answer to the team survey came in"))
register("company.survey_closed", _("%(actor)s closed the team survey"))
register("company.tool_added", _("%(actor)s added the AI tool %(name)s"))
register("company.tool_changed", _("%(actor)s changed the AI tool %(name)s"))
register("company.tool_removed", _("%(actor)s removed the AI tool %(name)s"))
