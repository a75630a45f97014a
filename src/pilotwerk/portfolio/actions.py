from django.utils.translation import gettext_lazy as _

from pilotwerk.audit.registry import register

register("portfolio.usecase_added", _("%(actor)s added the use case %(name)s"))
register("portfolio.usecase_changed", _("%(actor)s changed the description of the use case %(name)s"))
register("portfolio.usecase_assessed", _("%(actor)s assessed the use case %(name)s"))
register("portfolio.usecase_refused", _("%(actor)s refused the use case %(name)s"))
register("portfolio.usecase_reopened", _("%(actor)s took the use case %(name)s up again"))
register("portfolio.usecase_chosen", _("%(actor)s chose the use case %(name)s"))
register("portfolio.trial_ordered", _("%(actor)s ordered a trial of the use case %(name)s on past cases"))
register("portfolio.trial_finished", _("%(actor)s measured the use case %(name)s on past cases"))
