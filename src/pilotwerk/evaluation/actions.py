from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register
from pilotwerk.evaluation.models import CHOICES

register(
    "evaluation.assumptions_saved", _("%(actor)s set the assumptions for the return of the pilot %(pilot)s")
)
register(
    "evaluation.learning_added",
    _("%(actor)s wrote down a learning about the pilot %(pilot)s"),
    personal=("observation", "consequence"),
)
register("evaluation.learning_removed", _("%(actor)s removed a learning about the pilot %(pilot)s"))
register(
    "evaluation.decision_drafted",
    _("%(actor)s prepared the decision about the pilot %(pilot)s: %(choice)s"),
    # What a person writes may name other persons, so it can be erased.
    personal=("reason",),
    labels={"choice": dict(CHOICES)},
)
register(
    "evaluation.decision_signed",
    _("%(actor)s signed the decision about the pilot %(pilot)s: %(choice)s (evidence %(grade)s)"),
    personal=("reason",),
    labels={"choice": dict(CHOICES)},
)
