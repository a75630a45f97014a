"""What may change while a pilot runs: what decides about its measurement stays as it was at the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pilotwerk.accounts.models import Organisation
from pilotwerk.audit.domain.actor import Actor
from pilotwerk.core.errors import Refused
from pilotwerk.pilots import recipe
from pilotwerk.pilots.domain.states import PilotState
from pilotwerk.pilots.models import Pilot
from pilotwerk.pilots.selectors.pilots import categories
from pilotwerk.pilots.services.moves import pilot_lock, pilot_recorded

STARTED = (PilotState.RUNNING, PilotState.STOPPED)
# Neither who gets a proposal nor what is counted depends on these.
SETTINGS = ("name", "deadline_hours", "send_delay_seconds", "urgent_categories")


@transaction.atomic
def pilot_change(
    *, organisation: Organisation, actor: Actor, pilot: Pilot, options: Mapping[str, Any], **settings: Any
) -> Pilot:
    """Change what may change after the start; `options` are those that the recipe lets be changed.

    A deadline counts for cases that come in from now on. What stays as it was leaves no entry in the audit trail.
    """
    if set(settings) - set(SETTINGS) or set(options) - set(recipe.of(pilot.recipe).changeable):
        raise Refused(_("The pilot has started. What decides about its measurement cannot change now."))
    if not set(settings.get("urgent_categories", ())) <= set(categories(pilot)):
        raise Refused(_("Choose among the categories that the pilot knows."))
    now = pilot_lock(pilot.pk)
    if now.state not in STARTED:
        raise Refused(_("Only a pilot that has started and not ended is changed here."))
    wanted = {**settings, "options": {**now.options, **options}}
    changed = {name: value for name, value in wanted.items() if getattr(now, name) != value}
    if not changed:
        return pilot
    before = {name: getattr(now, name) for name in changed}
    states = [state.value for state in STARTED]
    if Pilot.objects.filter(pk=pilot.pk, state__in=states).update(**changed) != 1:
        raise Refused(_("Only a pilot that has started and not ended is changed here."))
    pilot.refresh_from_db()
    pilot_recorded(
        actor=actor, action="pilots.pilot_changed", pilot=pilot, data={"settings": changed, "before": before}
    )
    return pilot
