"""What this room hands to the navigation and to the plan."""

from django.utils.translation import gettext_lazy as _

from pilotwerk.governance import checks, permissions
from pilotwerk.journey.registry import register_attention, register_check, register_step
from pilotwerk.web import navigation

navigation.register(
    group="evidence", order=10, label=_("AI register"), view="governance:register", right=permissions.VIEW
)

register_step("system_register", "governance:register", checks.is_registered)
register_step("system_classify", "governance:register", checks.is_classified)
register_step("dpia", "governance:register", checks.dpia_is_decided)
register_check("governance.classified", 2, 4, _("The AI system is classified"), checks.classified)
register_check("governance.dpia", 2, 6, _("The impact assessment is decided"), checks.dpia_decided)
register_attention(checks.attention)
