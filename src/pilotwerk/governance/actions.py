from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

RISKS = {
    "prohibited": _("prohibited practice"),
    "high_risk": _("high-risk system"),
    "transparency": _("not a high-risk system, with transparency duties"),
    "minimal": _("not a high-risk system"),
    "out_of_scope": _("not covered by the AI Act"),
    "open": _("still open"),
}
DPIA = {"done": _("it is carried out"), "not_needed": _("it is not needed")}

register("governance.system_registered", _("%(actor)s entered the AI system “%(name)s” in the register"))
register("governance.system_changed", _("%(actor)s changed the register entry of “%(name)s”"))
register(
    "governance.system_classified",
    _("%(actor)s classified “%(name)s”: %(risk_class)s"),
    labels={"risk_class": RISKS},
)
register(
    "governance.dpia_decided",
    _("%(actor)s decided on the data protection impact assessment of “%(name)s”: %(decision)s. %(reason)s"),
    labels={"decision": DPIA},
)
