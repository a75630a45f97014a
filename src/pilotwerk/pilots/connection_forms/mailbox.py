"""What people fill in for a mailbox."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilotwerk.pilots.connection_forms.base import ConnectionForm, Group, secret_field

_SECURITY = [
    ("tls", gettext_lazy("TLS")),
    ("starttls", gettext_lazy("STARTTLS")),
    ("none", gettext_lazy("none (only inside the own network)")),
]


def _port(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=65535,
        help_text=gettext_lazy("Leave empty for the usual one."),
    )


class MailboxForm(ConnectionForm):
    """Where the mailbox is, how it is read, and how answers go out."""

    SECRETS = ("password", "refresh_token", "client_secret")
    GROUPS = (
        Group(gettext_lazy("The mailbox"), ("name", "address", "sender_name")),
        Group(gettext_lazy("Server and sign-in"), ("host", "security", "port", "user", "auth", "password")),
        Group(
            gettext_lazy("Only for XOAUTH2"),
            ("token_url", "client_id", "client_secret", "refresh_token", "scope"),
            ("auth", "oauth2"),
        ),
        Group(gettext_lazy("What is read"), ("folder", "backlog_days", "max_megabytes", "mark")),
        Group(
            gettext_lazy("How answers go out"),
            ("answers", "smtp_host", "smtp_security", "smtp_port", "sent_folder", "drafts_folder"),
        ),
    )

    address = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("Answers carry this address as their sender."),
    )
    sender_name = forms.CharField(
        label=gettext_lazy("Sender's name in answers"), required=False, max_length=100
    )
    host = forms.CharField(
        label=gettext_lazy("Server for reading (IMAP)"),
        max_length=253,
        help_text=gettext_lazy("For example imap.example.com."),
    )
    security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=_SECURITY, initial="tls")
    port = _port(gettext_lazy("Port"))
    user = forms.CharField(label=gettext_lazy("User"), max_length=254)
    auth = forms.ChoiceField(
        label=gettext_lazy("Sign-in"),
        choices=[("password", gettext_lazy("with a password")), ("oauth2", gettext_lazy("with XOAUTH2"))],
        initial="password",
        help_text=gettext_lazy("Google and Microsoft ask for XOAUTH2; most others for a password."),
    )
    password = secret_field(gettext_lazy("Password"))
    token_url = forms.CharField(
        label=gettext_lazy("Address of the token endpoint"), required=False, max_length=500
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID"), required=False, max_length=300)
    client_secret = secret_field(gettext_lazy("Client secret"))
    refresh_token = secret_field(gettext_lazy("Refresh token"))
    scope = forms.CharField(label=gettext_lazy("Scope"), required=False, max_length=500)
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=200, initial="INBOX")
    backlog_days = forms.IntegerField(
        label=gettext_lazy("Days before the pilot's start"),
        min_value=0,
        max_value=365,
        initial=0,
        help_text=gettext_lazy("0 means: only mails that arrive after the start become requests."),
    )
    max_megabytes = forms.IntegerField(
        label=gettext_lazy("Largest mail that is read, in MB"),
        min_value=1,
        max_value=50,
        initial=25,
        help_text=gettext_lazy("Of a larger one only sender and subject are taken."),
    )
    mark = forms.ChoiceField(
        label=gettext_lazy("Mark mails that were taken"),
        required=False,
        choices=[
            ("", gettext_lazy("not at all")),
            ("seen", gettext_lazy("as read")),
            ("flagged", gettext_lazy("with a flag")),
        ],
        help_text=gettext_lazy("Nothing is moved and nothing is deleted."),
    )
    answers = forms.ChoiceField(
        label=gettext_lazy("Approved answers"),
        choices=[
            ("send", gettext_lazy("are sent")),
            ("drafts", gettext_lazy("are saved as drafts; a person sends them")),
        ],
        widget=forms.RadioSelect,
        initial="send",
    )
    smtp_host = forms.CharField(
        label=gettext_lazy("Server for sending (SMTP)"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("Leave empty if it is the same as for reading."),
    )
    smtp_security = forms.ChoiceField(
        label=gettext_lazy("Encryption when sending"), choices=_SECURITY, initial="starttls"
    )
    smtp_port = _port(gettext_lazy("Port for sending"))
    sent_folder = forms.CharField(
        label=gettext_lazy("Folder of sent mail"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Answers are kept there. After an interruption a look there tells whether an answer went out."
        ),
    )
    drafts_folder = forms.CharField(label=gettext_lazy("Folder of drafts"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = not self.stored and self["auth"].value() != "oauth2"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["host"] = str(data.get("host", "")).strip().lower()
        data["smtp_host"] = str(data.get("smtp_host", "")).strip().lower()
        if data.get("answers") == "drafts" and not data.get("drafts_folder"):
            self.add_error(
                "drafts_folder", _("Name the folder in which drafts are saved, for example Drafts.")
            )
        self._clean_sign_in(data)
        return data

    def _clean_sign_in(self, data: dict[str, Any]) -> None:
        """XOAUTH2 needs an endpoint, a client and a token; a password is asked for by its field."""
        if data.get("auth") != "oauth2":
            return
        if urlsplit(data.get("token_url") or "").scheme not in ("https", "http"):
            self.add_error(
                "token_url", _("Enter the address at which access tokens are renewed (https://…).")
            )
        token = self.stored or bool(data.get("refresh_token"))
        for name, given in {"client_id": bool(data.get("client_id")), "refresh_token": token}.items():
            if not given:
                self.add_error(name, _("This is needed for this kind of sign-in."))
