"""Requests out of files: CSV, TSV, XLSX or JSON, uploaded or put into a watched folder."""

import tempfile
from typing import Final

from pilotwerk.pilots.connectors.access import Access, Look
from pilotwerk.pilots.connectors.files.reading import CaseFile, IncomingCase, Rejection, read_cases
from pilotwerk.pilots.connectors.files.watching import Taken, WatchedFolder
from pilotwerk.pilots.connectors.files.writing import IN, FolderTarget
from pilotwerk.pilots.connectors.trouble import Trouble

__all__ = [
    "IN",
    "CaseFile",
    "FolderTarget",
    "IncomingCase",
    "Rejection",
    "Taken",
    "WatchedFolder",
    "read_cases",
    "try_out",
]

SHOWN: Final = 10


def try_out(access: Access) -> Look:
    """Which files wait, after both folders were made and the way out was tried. Raises `Trouble`."""
    folder = access.folder
    assert folder is not None  # execution hands it out with connections of this kind
    target = FolderTarget(access).folder
    try:
        (folder / IN).mkdir(parents=True, exist_ok=True)
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target):
            waiting = WatchedFolder(folder / IN, settle_seconds=0).waiting()
    except OSError as error:
        raise Trouble("folder_unusable", folder=str(folder), why=error.strerror or "") from None
    rows = tuple((one.name, str(one.stat().st_size)) for one in waiting[-SHOWN:])
    return Look((), len(waiting), ("file", "bytes"), rows)
