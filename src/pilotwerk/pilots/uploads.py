"""A file on disk for as long as it is read."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots import folders
from pilotwerk.pilots.models import Pilot


@contextmanager
def scratch(pilot: Pilot, ending: str) -> Iterator[Path]:
    """A place for a file of ours with this ending; what was written there is gone afterwards."""
    folder = folders.uploads(pilot)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4()}{ending}"
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def kept(pilot: Pilot, file: Any) -> Iterator[Path]:
    """An uploaded file under a name of ours; its ending stays, because readers go by it; errors name it as it came."""
    with scratch(pilot, "".join(Path(file.name).suffixes[-2:]).lower()) as path:
        with path.open("wb") as handle:
            for chunk in file.chunks():
                handle.write(chunk)
        try:
            yield path
        except BadInput as error:
            # Who uploaded it knows it by its own name.
            error.file = file.name if error.file == path.name else error.file
            raise
