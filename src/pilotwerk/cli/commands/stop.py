"""`pilotwerk stop`: the kill switch for whoever is at the machine."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from pilotwerk.core.errors import BadInput, PilotwerkError

if TYPE_CHECKING:
    from pilotwerk.accounts.models import Organisation

HELP = "stop a pilot, everything of an organisation, or everything of this installation, at once"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose, which pilot, and why."""
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--org", metavar="SLUG", help="the organisation, as in its addresses")
    whose.add_argument("--all", action="store_true", help="every organisation of this installation")
    parser.add_argument("--pilot", metavar="NAME|ID", help="only this pilot; language models stay on")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; it can be added later")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Stop, and say what stands still. What stands already is no error."""
    from pilotwerk.pilots.selectors import organisations_at_work

    if args.all and args.pilot:
        raise BadInput("--pilot needs --org.")
    if args.pilot:
        return {"stopped": [_pilot(_organisation(args.org), args.pilot, args.reason)]}
    found = list(organisations_at_work()) if args.all else [_organisation(args.org)]
    stopped, failed = [], []
    for organisation in found:
        try:
            stopped.append(_everything(organisation, args.reason))
        except Exception as error:
            # One organisation's trouble must not keep the others running.
            failed.append({"organisation": organisation.slug, "why": f"{type(error).__name__}: {error}"})
    return {"stopped": stopped, "failed": failed, "exit_code": 1 if failed else 0}


def _organisation(slug: str) -> Organisation:
    from pilotwerk.accounts.models import Organisation

    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise BadInput(f"There is no organisation {slug!r}.")
    return found


def _everything(organisation: Organisation, reason: str) -> dict[str, Any]:
    from pilotwerk.audit.domain.actor import System
    from pilotwerk.pilots.services import organisation_stop

    done = organisation_stop(organisation=organisation, actor=System("command line"), reason=reason)
    return {
        "organisation": organisation.slug,
        "pilots": list(done.pilots),
        "models": list(done.models),
        "held_back": done.held_back,
        "in_flight": done.in_flight,
    }


def _pilot(organisation: Organisation, name: str, reason: str) -> dict[str, Any]:
    from pilotwerk.audit.domain.actor import System
    from pilotwerk.pilots.selectors import answers_in_flight, pilot_named
    from pilotwerk.pilots.services import pilot_stop

    pilot = pilot_named(organisation, name)
    if pilot is None:
        raise BadInput(f"{organisation.name} has no pilot {name!r}.")
    told = {"organisation": organisation.slug, "pilots": [pilot.name], "models": []}
    try:
        held = pilot_stop(organisation=organisation, actor=System("command line"), pilot=pilot, reason=reason)
    except PilotwerkError:
        if pilot.is_running:
            raise
        return {**told, "pilots": [], "held_back": 0, "in_flight": answers_in_flight(organisation)}
    return {**told, "held_back": held, "in_flight": answers_in_flight(organisation)}
