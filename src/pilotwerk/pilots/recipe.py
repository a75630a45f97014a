"""What the services need from a recipe: learn, remember, propose, and say what is still unfilled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from pilotwerk.core.results import CannotTell

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.support import LabelledText, SupportModel, SupportProposal

# "auto" uses embeddings where the extra is installed.
EMBEDDINGS: Final[dict[str, bool | None]] = {"auto": None, "on": True, "off": False}


def kinds() -> list[str]:
    """The recipes that are built; nothing else is offered."""
    from pilotwerk.pilots.recipes import RECIPES

    return sorted(RECIPES)


def learn(rows: Iterable[LabelledText], *, folder: Path, seed: int = 1) -> SupportModel | CannotTell:
    """Train on past requests and keep the version in ``folder``/<version>."""
    from pilotwerk.pilots.recipes.support import save, train

    model = train(list(rows), seed=seed, embeddings=EMBEDDINGS[settings.PILOTWERK_EMBEDDINGS])
    if not isinstance(model, CannotTell):
        target = folder / model.version
        target.mkdir(parents=True, exist_ok=True)
        save(model, target)
    return model


@lru_cache(maxsize=4)
def loaded(folder: Path) -> SupportModel:
    """The version kept in ``folder``; read once a process. Raises BadInput when its files were changed."""
    from pilotwerk.pilots.recipes.support import load

    return load(folder)


def propose(
    folder: Path, *, subject: str, text: str, sender_name: str, organisation_name: str
) -> SupportProposal:
    """Category and draft for one request."""
    from pilotwerk.pilots.recipes.support import DraftSettings

    return loaded(folder).propose(
        subject=subject,
        text=text,
        sender_name=sender_name or None,
        settings=DraftSettings(organisation_name),
    )


def unfilled(body: str) -> tuple[str, ...]:
    """Placeholders that a person has yet to fill; an answer with one of them never goes out."""
    from pilotwerk.pilots.recipes.support import unfilled as found

    return tuple(found(body))


def reason_text(code: str, language: str) -> str:
    """The recipe's reason code as a sentence."""
    from pilotwerk.pilots.recipes.support import reason_text as sentence

    return sentence(code, language)


def plain(value: Any) -> Any:
    """Dataclasses, tuples and dates of a recipe as plain JSON data; CannotTell as {"cannot_tell": reason}."""
    if isinstance(value, CannotTell):
        return {"cannot_tell": value.reason}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
