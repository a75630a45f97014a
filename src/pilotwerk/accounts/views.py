"""Start page, signing up, joining, people, organisation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pilotwerk.accounts import permissions, selectors, services
from pilotwerk.accounts.forms import (
    INVITATION_KEY,
    CompanyForm,
    DeleteForm,
    InviteForm,
    MemberForm,
    OrganisationForm,
)
from pilotwerk.accounts.models import Invitation, Membership, User
from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.errors import Refused
from pilotwerk.core.permissions import PUBLIC, SIGNED_IN, requires


@requires(PUBLIC)
def start(request: HttpRequest) -> HttpResponse:
    """The first page: what this is, sign in, begin; for members the way into their organisations."""
    if not request.user.is_authenticated:
        return render(request, "accounts/start.html")
    memberships = list(selectors.organisations_of(user=request.user))
    if len(memberships) == 1:
        return redirect(memberships[0].organisation.home)
    return redirect("accounts:organisations")


@requires(SIGNED_IN)
def organisations(request: HttpRequest) -> HttpResponse:
    """Switch between organisations, or begin a new one."""
    assert isinstance(request.user, User)
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        country, region = form.cleaned_data["place"]
        organisation = services.organisation_create(
            owner=request.user, name=form.cleaned_data["company"], country=country, region=region
        )
        return redirect(organisation.home)
    context = {"memberships": selectors.organisations_of(user=request.user), "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/organisations.html", context, status=status)


@requires(PUBLIC)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation link leads: join with the present account, sign in, or sign up."""
    found = selectors.invitation_by_token(token)
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    if request.method == "POST" and isinstance(request.user, User):
        membership = services.invitation_accept(invitation=found, user=request.user)
        request.session.pop(INVITATION_KEY, None)
        return redirect(membership.organisation.home)
    request.session[INVITATION_KEY] = token
    return render(request, "accounts/invitation.html", {"invitation": found, "next": request.path})


@requires(permissions.VIEW)
def people(request: OrganisationRequest) -> HttpResponse:
    """Members and open invitations; the owner invites here."""
    form = InviteForm(request.POST or None)
    may_edit = request.membership.may(permissions.EDIT)
    context = {
        "members": selectors.members(request.organisation),
        "invitations": selectors.invitations_open(request.organisation),
        "form": form,
        "may_edit": may_edit,
    }
    return render(request, "accounts/people.html", context)


@requires(permissions.EDIT)
@require_POST
def member_invite(request: OrganisationRequest) -> HttpResponse:
    """Make an invitation and show its link, once."""
    form = InviteForm(request.POST)
    link = None
    if form.is_valid():
        try:
            _made, token = services.member_invite(
                organisation=request.organisation, actor=request.actor, **form.cleaned_data
            )
            link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
            form = InviteForm()
        except Refused as refusal:
            form.add_error("email", str(refusal))
    context = {
        "members": selectors.members(request.organisation),
        "invitations": selectors.invitations_open(request.organisation),
        "form": form,
        "link": link,
        "may_edit": True,
    }
    return render(request, "accounts/people.html", context, status=200 if link else 422)


@requires(permissions.EDIT)
@require_POST
def invitation_withdraw(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Stop a link from working."""
    found = get_object_or_404(Invitation.objects.of(request.organisation), pk=pk)
    services.invitation_withdraw(organisation=request.organisation, actor=request.actor, invitation=found)
    messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect(request.organisation.url("accounts:people"))


@requires(permissions.EDIT)
def member(request: OrganisationRequest, pk: str) -> HttpResponse:
    """Change a member's role or team."""
    found = get_object_or_404(
        Membership.objects.of(request.organisation).select_related("user", "organisation"), pk=pk
    )
    form = MemberForm(request.POST or None, initial={"role": found.role, "team": found.team})
    if request.method == "POST" and form.is_valid():
        try:
            services.member_change(actor=request.actor, membership=found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": found.user.name})
            return redirect(request.organisation.url("accounts:people"))
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/member.html", {"member": found, "form": form}, status=status)


@requires(permissions.EDIT)
@require_POST
def member_remove(request: OrganisationRequest, pk: str) -> HttpResponse:
    """A member leaves the organisation."""
    found = get_object_or_404(Membership.objects.of(request.organisation), pk=pk)
    name = found.user.name
    services.member_remove(actor=request.actor, membership=found)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": name})
    if found.user_id == request.user.pk:
        return redirect("start")
    return redirect(request.organisation.url("accounts:people"))


@requires(permissions.ORGANISATION)
def organisation(request: OrganisationRequest) -> HttpResponse:
    """Name and place of the organisation."""
    form = OrganisationForm(request.POST or None, instance=request.organisation)
    if request.method == "POST" and form.is_valid():
        country, region = form.cleaned_data["place"]
        services.organisation_change(
            organisation=request.organisation,
            actor=request.actor,
            name=form.cleaned_data["name"],
            country=country,
            region=region,
        )
        messages.success(request, _("Saved."))
        return redirect(request.organisation.url("accounts:organisation"))
    context = {"form": form, "delete_form": DeleteForm(expected=request.organisation.name)}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/organisation.html", context, status=status)


@requires(permissions.ORGANISATION)
@require_POST
def organisation_delete(request: OrganisationRequest) -> HttpResponse:
    """The sample company goes with one click; an own one asks for its name."""
    target = request.organisation
    form = DeleteForm(request.POST, expected=target.name)
    if not target.is_sample and not form.is_valid():
        context = {"form": OrganisationForm(instance=target), "delete_form": form}
        return render(request, "accounts/organisation.html", context, status=422)
    name = target.name
    services.organisation_delete(organisation=target, actor=request.actor)
    messages.success(request, _("%(name)s and all its records are deleted.") % {"name": name})
    return redirect("accounts:organisations")
