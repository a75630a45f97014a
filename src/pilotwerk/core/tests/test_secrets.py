"""What is sealed stays shut without the installation's key, and never stands in the row as it is."""

from typing import Any

import pytest

from pilotwerk.core.errors import Refused
from pilotwerk.core.secrets import derive, seal, unseal

OPEN = "Kennwort mit Umlaut: Straße 7"


def test_a_sealed_text_opens_for_its_purpose_only(settings: Any) -> None:
    sealed = seal(OPEN, purpose="sql")
    assert "Kennwort" not in sealed
    assert sealed != seal(OPEN, purpose="sql")  # the same password twice does not show as such
    assert unseal(sealed, purpose="sql") == OPEN
    with pytest.raises(Refused):
        unseal(sealed, purpose="mail")


def test_a_changed_text_or_another_key_is_refused(settings: Any) -> None:
    sealed = seal(OPEN, purpose="sql")
    with pytest.raises(Refused):
        unseal(sealed[:-4] + "AAA=", purpose="sql")
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-of-some-length"
    with pytest.raises(Refused, match="geheime Schlüssel"):
        unseal(sealed, purpose="sql")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed, purpose="sql") == OPEN


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert len(derive("a")) == 32
    assert derive("a") == derive("a") != derive("b")
