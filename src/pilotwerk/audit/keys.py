"""The key that signs checkpoints. It lies outside the database: who has the rows has not the key."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.utils.translation import gettext as _

from pilotwerk.audit.domain.checkpoint import Signer, key_new, origin_of
from pilotwerk.audit.models import AuditCheckpoint
from pilotwerk.core.errors import Refused


def key_path() -> Path:
    """Where the key lies: inside the data folder, readable for the program's user only."""
    return Path(settings.PILOTWERK_DATA_DIR) / "audit" / "ed25519.key"


def signer(log: UUID) -> Signer:
    """The installation's key, named for this log. Made on first use; Refused when it is lost."""
    path = key_path()
    if not path.exists():
        _make(path)
    private = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise Refused(_("The file %(path)s does not hold an Ed25519 key.") % {"path": path})
    return Signer(origin_of(log), private)


def _make(path: Path) -> None:
    """A lost key is not replaced in silence: with a new one, earlier checkpoints could not be verified."""
    if AuditCheckpoint.objects.exists():
        raise Refused(
            _(
                "The key of the audit trail is missing at %(path)s. Put it back from your backup; "
                "without it the earlier checkpoints cannot be verified."
            )
            % {"path": path}
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{uuid4().hex}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(key_new())
    try:
        os.link(draft, path)  # unlike a rename this leaves a key alone that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()
