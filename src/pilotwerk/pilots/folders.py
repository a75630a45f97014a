"""Where a pilot's files lie: inside the organisation's own folder, which goes when the organisation goes."""

from pathlib import Path

from django.conf import settings

from pilotwerk.pilots.models import Connection, Pilot


def _folder(pilot: Pilot, *parts: str) -> Path:
    root: Path = settings.PILOTWERK_DATA_DIR
    return root.joinpath("organisations", str(pilot.organisation_id), "pilots", str(pilot.pk), *parts)


def exchange(connection: Connection) -> Path:
    """Where a connection of the kind "files" exchanges files: below the folder that the operator has set aside, each
    organisation in its own, or below the organisation's own folder where there is none.
    """
    shared: Path | None = settings.PILOTWERK_FILES_FOLDER
    own: Path = settings.PILOTWERK_DATA_DIR / "organisations" / str(connection.organisation_id) / "exchange"
    root = shared / str(connection.organisation_id) if shared else own
    return root / str(connection.settings.get("folder") or connection.pk)


def inbox(pilot: Pilot) -> Path:
    """Files put here become cases (watched folder)."""
    return _folder(pilot, "inbox")


def outbox(pilot: Pilot) -> Path:
    """Approved replies are written here, one file each."""
    return _folder(pilot, "outbox")


def models(pilot: Pilot) -> Path:
    """Trained versions, one folder each."""
    return _folder(pilot, "models")


def tables(pilot: Pilot) -> Path:
    """Tables that were handed in, one file each."""
    return _folder(pilot, "tables")


def uploads(pilot: Pilot) -> Path:
    """Uploaded files until they are read."""
    return _folder(pilot, "uploads")
