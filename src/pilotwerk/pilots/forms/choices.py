"""A field of categories, where the pilot knows some."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms


def offer_categories(form: forms.Form, name: str, known: Sequence[str]) -> None:
    """The known categories to choose from; without any there is no such field."""
    if known:
        form.fields[name].choices = [(one, one) for one in known]  # type: ignore[attr-defined]
    else:
        del form.fields[name]
