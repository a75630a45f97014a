"""Mail from the program to people. Goes out only where the operator has set up a mail server (PILOTWERK_EMAIL_URL)."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage


def possible() -> bool:
    """Whether mail leaves this installation; else it would only be printed."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


def mail(*, to: str, subject: str, body: str) -> None:
    """Send one plain mail to one address, so that no recipient sees another.

    Raises OSError (which all SMTP errors are) when the server does not take it; the caller tries again. Marked as
    automatic, so that no holiday reply comes back (RFC 3834).
    """
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.send()
