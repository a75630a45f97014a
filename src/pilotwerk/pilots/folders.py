"""Where a pilot's files lie: inside the organisation's own folder, which goes when the organisation goes."""

from pathlib import Path

from django.conf import settings

from pilotwerk.pilots.models import Pilot


def _folder(pilot: Pilot, *parts: str) -> Path:
    root: Path = settings.PILOTWERK_DATA_DIR
    return root.joinpath("organisations", str(pilot.organisation_id), "pilots", str(pilot.pk), *parts)


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
