"""Which right a view needs. Ours name theirs; those of django-allauth are listed here, unlisted ones stay shut."""

from typing import Any

from pilotwerk.core.permissions import PUBLIC, SIGNED_IN, Permission, named_permission

SIGN_IN_VIEWS = {
    "account_login": PUBLIC,
    "account_signup": PUBLIC,
    "account_logout": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_inactive": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
}


def right_of(view: Any, view_name: str) -> Permission | None:
    """The right that a request to this view needs, or None when nobody named one."""
    return named_permission(view) or SIGN_IN_VIEWS.get(view_name)
