"""The request as a view inside an organisation gets it."""

from django.http import HttpRequest

from pilotwerk.accounts.models import Membership, Organisation, User
from pilotwerk.audit.domain.actor import Actor


class OrganisationRequest(HttpRequest):
    """For annotations only: what RightsMiddleware has put onto the request."""

    user: User
    organisation: Organisation
    membership: Membership
    actor: Actor
