"""Keys and sealed texts, derived from the installation's secret key, which lies outside the database.

Who has the rows has not the key: a copied database gives neither passwords nor the people behind a pseudonym.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from pilotwerk.core.errors import Refused


def derive(purpose: str) -> bytes:
    """32 bytes for this purpose alone (HKDF, RFC 5869): knowing one key says nothing about another."""
    return _derived(settings.SECRET_KEY, purpose)


def _derived(secret: str | bytes, purpose: str) -> bytes:
    key = secret.encode() if isinstance(secret, str) else secret
    return HKDF(SHA256(), length=32, salt=None, info=b"pilotwerk:" + purpose.encode()).derive(key)


def _box(purpose: str) -> MultiFernet:
    """Seals with the present secret key, opens with retired ones too (Django's SECRET_KEY_FALLBACKS)."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(one, purpose))) for one in secrets])


def seal(text: str, *, purpose: str) -> str:
    """The text encrypted and authenticated (Fernet). `purpose` must be named again to open it."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text again. Refused where it was sealed with another secret key or was changed."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Refused(
            _("A stored password cannot be read: the installation's secret key has changed. Enter it again.")
        ) from None
