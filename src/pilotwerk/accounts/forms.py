"""Forms for signing up, joining, and the people page."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from pilotwerk.accounts.domain import REGIONS, place_code, place_parts
from pilotwerk.accounts.models import ROLE_CHOICES, Country, Organisation, User
from pilotwerk.accounts.selectors import invitation_by_token
from pilotwerk.accounts.services import invitation_accept, organisation_create

INVITATION_KEY = "invitation"


def place_choices() -> list[tuple[Any, Any]]:
    """Countries with their states and cantons, for a grouped select."""
    return [
        ("", _("Please choose")),
        *(
            (Country(country).label, [(place_code(country, code), name) for code, name in regions.items()])
            for country, regions in REGIONS.items()
        ),
    ]


class PlaceForm:
    """What forms with a place have in common: it cleans to country and region."""

    cleaned_data: dict[str, Any]

    def clean_place(self) -> tuple[str, str]:
        return place_parts(self.cleaned_data["place"])


class CompanyForm(PlaceForm, forms.Form):
    """Name and place of a company."""

    company = forms.CharField(label=_("Name of the company"), max_length=120)
    place = forms.ChoiceField(
        label=_("State or canton"),
        help_text=_("Decides which public holidays your plan leaves out."),
        choices=place_choices,
    )


class SignupForm(PlaceForm, AllauthSignupForm):  # type: ignore[misc]  # the library is untyped
    """An account and a company in one go, or an account for an invitation."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    company = CompanyForm.base_fields["company"]
    place = CompanyForm.base_fields["place"]
    field_order = ["company", "place", "name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # django-allauth builds the form; the request that carries the invitation comes from its context.
        token = context.request.session.get(INVITATION_KEY, "")
        self.invitation = invitation_by_token(token) if token else None
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)
        self.fields["password1"].label = _("Password")
        self.fields["password1"].help_text = _("At least 10 characters.")
        self.fields["password1"].widget.attrs.pop("placeholder", None)
        if self.invitation:
            del self.fields["company"], self.fields["place"]
            self.fields["email"].initial = self.invitation.email

    def save(self, request: HttpRequest) -> User:
        user: User = super().save(request)
        if self.invitation:
            invitation_accept(invitation=self.invitation, user=user)
            request.session.pop(INVITATION_KEY, None)
        else:
            country, region = self.cleaned_data["place"]
            organisation_create(owner=user, name=self.cleaned_data["company"], country=country, region=region)
        return user


class OrganisationForm(PlaceForm, forms.ModelForm[Organisation]):
    """Name and place of an existing organisation."""

    place = forms.ChoiceField(label=_("State or canton"), choices=place_choices)

    class Meta:
        model = Organisation
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].initial = place_code(self.instance.country, self.instance.region)


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, initial="clerk")
    team = forms.CharField(
        label=_("Team"),
        max_length=60,
        required=False,
        help_text=_("Figures are shown for teams, never for single persons."),
    )


class MemberForm(forms.Form):
    """Role and team of a member."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES)
    team = forms.CharField(label=_("Team"), max_length=60, required=False)


class DeleteForm(forms.Form):
    """The name is typed again before an own company and all it contains are deleted."""

    name = forms.CharField(label=_("Type the company's name to confirm"))

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name.strip() != self.expected:
            raise forms.ValidationError(_("Type exactly: %(name)s") % {"name": self.expected})
        return name
