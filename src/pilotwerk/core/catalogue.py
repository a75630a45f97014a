"""Versioned YAML catalogues (questions, KPIs, tasks, law): read once, checked against a pydantic schema."""

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from django.utils.translation import get_language
from pydantic import BaseModel, ConfigDict, ValidationError

Schema = TypeVar("Schema", bound=BaseModel)


class Strict(BaseModel):
    """Base of catalogue entries: unknown keys are an error, entries cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A sentence in both languages."""

    de: str
    en: str

    def text(self, language: str | None = None) -> str:
        """The sentence in `language` ("de", "en"), by default in the active one; German for anything else."""
        return self.en if (language or get_language() or "de").startswith("en") else self.de

    def __str__(self) -> str:
        return self.text()


def load(path: Path, schema: type[Schema]) -> Schema:
    """The catalogue at `path`, checked against `schema`. A fault names file and place and stops the start."""
    return _load(path, schema)  # type: ignore[return-value]


@lru_cache(maxsize=64)
def _load(path: Path, schema: type[BaseModel]) -> BaseModel:
    try:
        return schema.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path.name}: {place}: {first['msg']}") from error
