"""The provider on its own: languages, likeness, storage."""

from pathlib import Path

import numpy as np
import pytest

from pilotwerk.core.errors import BadInput
from pilotwerk.pilots.providers.embedded import Embedder, PassageIndex, embedder_for, storage
from pilotwerk.pilots.providers.embedded.embedding import installed
from pilotwerk.pilots.providers.embedded.language import detect, shares
from pilotwerk.pilots.providers.embedded.retrieval import PassageIndex as Index
from pilotwerk.pilots.providers.embedded.vectors import PASSAGES, Counted, Vectors, folded

POOL = ["Die Anfahrt kostet 49 Euro.", "Der Zähler wird im März abgelesen.", "Wir kommen am Montag."]


def test_languages_are_told_apart() -> None:
    assert detect("Guten Tag, unsere Heizung wird nicht mehr warm.") == "de"
    assert detect("Hello, our heating does not get warm any more.") == "en"
    assert detect("123 !") == ""
    assert shares(
        ["Guten Tag, wann kommen Sie?", "When will you come to us?", "Wann kommt der Monteur?"]
    ) == {
        "de": pytest.approx(2 / 3),
        "en": pytest.approx(1 / 3),
    }


def test_umlauts_and_their_spellings_are_the_same() -> None:
    assert folded("ZÄHLER, Größe, café") == folded("zaehler, groesse, cafe")
    scores = PassageIndex.build(POOL).scores(["wann wird der Zaehler abgelesen"])[0]
    assert scores.argmax() == 1
    assert scores.max() <= 1


def test_texts_without_letters_do_not_break_the_index() -> None:
    index = PassageIndex.build(["…", "?"])
    assert index.scores(["Heizung"]).tolist() == [[0.0, 0.0]]


def test_vectors_have_length_one_and_come_back_from_their_store() -> None:
    vectors, rows = Vectors.learn(Counted.read(PASSAGES, POOL))
    again = Vectors.restore(PASSAGES, vectors.store())
    assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)), 1)
    assert np.allclose(again.transform(POOL).toarray(), rows.toarray())


def test_an_index_comes_back_from_disk(tmp_path: Path) -> None:
    meanings = np.eye(3, dtype=np.float32)
    index = PassageIndex.build(POOL, meanings)
    storage.write(index.store(), tmp_path, kind="index")
    stored, _ = storage.read(tmp_path, kind="index")
    asked = ["Was kostet die Anfahrt?"]
    assert np.array_equal(
        Index.restore(stored).scores(asked, meanings[:1]), index.scores(asked, meanings[:1])
    )


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    storage.write(storage.Stored({"a": 1}), tmp_path, kind="index")
    with pytest.raises(BadInput, match="another version"):
        storage.read(tmp_path, kind="support")
    with pytest.raises(BadInput, match="missing or damaged"):
        storage.read(tmp_path / "nowhere", kind="index")


def test_nothing_pickled_is_ever_loaded(tmp_path: Path) -> None:
    storage.write(storage.Stored({"a": 1}, {"x": np.zeros(1)}), tmp_path, kind="index")
    np.savez(tmp_path / "arrays.npz", x=np.array([{"not": "plain"}], dtype=object))
    with pytest.raises(BadInput, match="missing or damaged"):
        storage.read(tmp_path, kind="index")


def test_without_the_extra_it_goes_on_and_insisting_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pilotwerk.pilots.providers.embedded.embedding.installed", lambda: False)
    assert embedder_for(None) is None
    assert embedder_for(False) is None
    with pytest.raises(BadInput, match="not installed"):
        embedder_for(True)


@pytest.mark.skipif(not installed(), reason="the extra `embeddings` is not installed")
def test_with_the_extra_meaning_counts() -> None:
    embedder = embedder_for(True)
    assert embedder is not None
    named: Embedder = embedder
    pool = [
        "Die Rechnung können Sie in drei Raten bezahlen.",
        "Unser Büro ist montags bis freitags geöffnet.",
        "Wir bauen Wärmepumpen ein und warten sie.",
        "Der Hund darf während der Arbeiten im Haus bleiben.",
        "Fotos schicken Sie uns bitte per E-Mail.",
    ]
    index = PassageIndex.build(pool, named.passages(pool))
    asked = ["Is it possible to pay the bill in instalments?"]
    scores = index.scores(asked, named.queries(asked))[0]
    assert scores.argmax() == 0
