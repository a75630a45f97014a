"""What people fill in for a REST interface that is read, and for a webhook that is called."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.connection_forms.base import ConnectionForm, Group, secret_field
from pilotwerk.pilots.connection_forms.entries import EntriesForm
from pilotwerk.pilots.hosts import allowed

# RFC 9110, 5.1: a header's name is a token.
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
# They decide about the connection itself and are never set by a form.
_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "cookie", "accept"})
SHORTEST: Final = 24


class _AddressForm(ConnectionForm):
    """An address by https, or by http inside the own network."""

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            host = ""
        if not host or parts.scheme not in ("https", "http") or not url.isascii():
            raise forms.ValidationError(_("Enter an address that begins with https://."))
        if parts.username or parts.password or parts.fragment:
            raise forms.ValidationError(_("Leave user, password and # out of the address."))
        if parts.scheme == "http" and not allowed(host):
            raise forms.ValidationError(
                _("Without https only servers can be reached that PILOTWERK_ALLOW_PRIVATE_HOSTS names.")
            )
        return url

    def clean(self) -> dict[str, Any]:
        """The server stands by itself in the settings: a secret goes to no other one."""
        data = super().clean()
        parts = urlsplit(data.get("url") or "")
        data["host"] = f"{parts.scheme}://{parts.netloc}".lower()
        token = data.get("token") or ""
        if not (token.isascii() and token.isprintable()):
            self.add_error("token", _("A secret for a header has only letters, digits and usual signs."))
        return data


class RestForm(_AddressForm, EntriesForm):
    """Where entries are fetched, how they are understood, and how it goes on."""

    SECRETS = ("token",)
    NEEDED = MappingProxyType(
        {
            **EntriesForm.NEEDED,
            "header_name": ("auth", "header"),
            "cursor_param": ("paging", "cursor"),
            "cursor_field": ("paging", "cursor"),
            "since_param": ("paging", "since"),
        }
    )
    GROUPS = (
        Group(gettext_lazy("The interface"), ("name", "url", "auth", "header_name", "token")),
        Group(gettext_lazy("What comes"), ("use", "list_path", "id_field", "time_field")),
        EntriesForm.REQUESTS,
        EntriesForm.ROWS,
        Group(gettext_lazy("How it goes on"), ("paging", "minutes", "backlog_days")),
        Group(
            gettext_lazy("For pages with a cursor"), ("cursor_param", "cursor_field"), ("paging", "cursor")
        ),
        Group(
            gettext_lazy("For entries from a moment on"),
            ("since_param", "since_format", "overlap_minutes"),
            ("paging", "since"),
        ),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy(
            "It is fetched by GET and answers in JSON, for example https://api.example.com/tickets."
        ),
    )
    auth = forms.ChoiceField(
        label=gettext_lazy("Access"),
        choices=[
            ("bearer", gettext_lazy("with a token (Authorization: Bearer …)")),
            ("header", gettext_lazy("with a secret in another header")),
            ("none", gettext_lazy("without a secret")),
        ],
        initial="bearer",
    )
    header_name = forms.CharField(
        label=gettext_lazy("Name of the other header"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("For example X-Api-Key."),
    )
    token = secret_field(gettext_lazy("Token or secret"))
    list_path = forms.CharField(
        label=gettext_lazy("Where the list lies in the answer"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "For example data.items. Left empty: the answer itself, or the only list in it."
        ),
    )
    paging = forms.ChoiceField(
        label=gettext_lazy("How new entries are asked for"),
        choices=[
            ("none", gettext_lazy("the answer always holds all; known ones are left out")),
            ("cursor", gettext_lazy("page by page; each answer names the next one")),
            ("since", gettext_lazy("from a moment on; oldest first")),
        ],
        initial="none",
        widget=forms.RadioSelect,
    )
    cursor_param = forms.CharField(
        label=gettext_lazy("Parameter that takes the cursor"), required=False, max_length=100
    )
    cursor_field = forms.CharField(
        label=gettext_lazy("Field of the answer that names the next one"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For example meta.next_cursor. It may also hold a whole address."),
    )
    since_param = forms.CharField(
        label=gettext_lazy("Parameter that takes the moment"), required=False, max_length=100
    )
    since_format = forms.ChoiceField(
        label=gettext_lazy("How a moment is written"),
        choices=[
            ("iso", "2026-11-26T08:00:00Z"),
            ("seconds", gettext_lazy("seconds since 1970")),
            ("milliseconds", gettext_lazy("milliseconds since 1970")),
        ],
        initial="iso",
    )
    overlap_minutes = forms.IntegerField(
        label=gettext_lazy("Overlap in minutes"),
        min_value=0,
        max_value=1440,
        initial=5,
        help_text=gettext_lazy(
            "So much is asked for again, since entries may appear late. Nothing doubles by it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].required = not self.stored and self["auth"].value() != "none"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        name = data.get("header_name") or ""
        if name and (not _HEADER.match(name) or name.lower() in _OURS):
            self.add_error("header_name", _("This is not a header that can carry a secret."))
        if data.get("paging") == "since" and not data.get("time_field"):
            self.add_error("time_field", _("This is needed for what you chose."))
        return data


class WebhookForm(_AddressForm):
    """Where decided cases are sent."""

    SECRETS = ("secret", "token")
    GROUPS = (
        Group(gettext_lazy("The receiver"), ("name", "url", "secret", "token")),
        Group(gettext_lazy("What it promises"), ("idempotent",)),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy("Each decided case is sent there by POST, as JSON, with a signature."),
    )
    secret = secret_field(gettext_lazy("Secret for the signature"))
    token = secret_field(gettext_lazy("Token, where the receiver wants one (Authorization: Bearer …)"))
    idempotent = forms.BooleanField(
        label=gettext_lazy("It knows a case again by its number and takes it once only"),
        required=False,
        help_text=gettext_lazy(
            "Then Pilotwerk tries again by itself after a broken connection. Otherwise a person finds out first."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].required = not self.stored
        self.fields["secret"].error_messages["required"] = _(
            "Enter a secret that the receiver knows as well."
        )

    def clean_secret(self) -> str:
        secret: str = self.cleaned_data["secret"]
        if secret and len(secret) < SHORTEST:
            raise forms.ValidationError(
                _("Enter at least %(count)s signs, so that nobody can guess it.") % {"count": SHORTEST}
            )
        return secret
