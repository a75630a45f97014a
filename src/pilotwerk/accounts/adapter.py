"""How django-allauth fits in: who may sign up, and what a new user is called."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from pilotwerk.accounts.forms import INVITATION_KEY


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Open, unless the installation only takes invited people."""
        return settings.PILOTWERK_SIGNUP == "open" or INVITATION_KEY in request.session

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People sign in with their e-mail address; there is no user name."""
