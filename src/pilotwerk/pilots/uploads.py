"""An uploaded file on disk for as long as it is read."""

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
def kept(pilot: Pilot, file: Any) -> Iterator[Path]:
    """The file under a name of our own; its ending stays, because readers go by it; errors name it as it came."""
    folder = folders.uploads(pilot)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4()}{''.join(Path(file.name).suffixes[-2:]).lower()}"
    try:
        with path.open("wb") as handle:
            for chunk in file.chunks():
                handle.write(chunk)
        yield path
    except BadInput as error:
        # Who uploaded it knows it by its own name.
        error.file = file.name if error.file == path.name else error.file
        raise
    finally:
        path.unlink(missing_ok=True)
