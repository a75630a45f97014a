"""Learning from past requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.providers.embedded import storage
from pilotwerk.pilots.providers.embedded.classifier import Corpus, TextClassifier, fit_classifier
from pilotwerk.pilots.providers.embedded.embedding import embedder_for
from pilotwerk.pilots.providers.embedded.language import detect
from pilotwerk.pilots.providers.embedded.retrieval import PassageIndex
from pilotwerk.pilots.recipes.support.drafting import Template, template_of
from pilotwerk.pilots.recipes.support.letters import known_titles, take_apart
from pilotwerk.pilots.recipes.support.model import Past, SupportModel, facts_with
from pilotwerk.pilots.recipes.support.personal import customary, own_names
from pilotwerk.pilots.recipes.support.wording import NO_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.recipes.support.proposal import LabelledText

# The index keeps the latest requests; older ones still train the categories.
MOST_INDEXED = 20_000
PROBES = 400
# Below this, likeness is nothing but common words.
LOWEST_FLOOR = 0.1
# Above this, a request is like another one even where most of the past repeats itself word for word.
HIGHEST_FLOOR = 0.3
FLOOR_SHARE = 0.05
SHORT_ANSWER = 60


def train(
    rows: Sequence[LabelledText], *, seed: int = 1, embeddings: bool | None = None
) -> SupportModel | CannotTell:
    """Learns categories, similar requests and answers. `embeddings`: None uses the extra where it is installed.

    CannotTell when no row has a text. Where only a part cannot be learned, the model's facts say which and why.
    The same rows and seed give the same version.
    """
    kept = [row for row in rows if any(sign.isalnum() for sign in row.text)]
    if not kept:
        return CannotTell(NO_ROWS)
    embedder = embedder_for(embeddings)
    texts = [row.text for row in kept]
    embedded = embedder.queries(texts) if embedder else None
    classifier = _categories(kept, embedded, seed)
    latest = _latest(kept)
    indexed = [texts[place] for place in latest]
    index = PassageIndex.build(indexed, embedded[latest] if embedded is not None else None)
    past, titles = _answers([kept[place] for place in latest])
    model = SupportModel(
        past=past,
        index=index,
        classifier=classifier,
        titles=titles,
        facts=facts_with(
            classifier,
            rows=len(kept),
            answered=sum(bool(row.answer and row.answer.strip()) for row in kept),
            categories=dict(Counter(row.category for row in kept if row.category).most_common()),
            languages=_languages(texts),
            embedding=embedder.name if embedder else "",
            similarity_floor=_floor(index, indexed, embedded[latest] if embedded is not None else None, seed),
        ),
    )
    return replace(model, version=storage.content_hash(model.store())[:16])


def _categories(
    rows: Sequence[LabelledText], embedded: NDArray[np.float32] | None, seed: int
) -> TextClassifier | CannotTell:
    places = [place for place, row in enumerate(rows) if row.category]
    corpus = Corpus.read(
        [rows[place].text for place in places],
        [rows[place].category or "" for place in places],
        embedded[places] if embedded is not None else None,
    )
    return fit_classifier(corpus, seed=seed)


def _latest(rows: Sequence[LabelledText]) -> list[int]:
    """Places of the rows to be indexed, in their order: the latest by time, without times the last ones."""
    if len(rows) <= MOST_INDEXED:
        return list(range(len(rows)))
    by_time = sorted(range(len(rows)), key=lambda place: (_stamp(rows[place]), place))
    return sorted(by_time[-MOST_INDEXED:])


def _stamp(row: LabelledText) -> float:
    return row.time.timestamp() if row.time else 0.0


def _languages(texts: Sequence[str]) -> dict[str, float]:
    """Shares of the languages, most frequent first; a language of less than one row in 200 is a mistake."""
    counts = Counter(code for code in map(detect, texts) if code)
    total = counts.total()
    return {code: count / total for code, count in counts.most_common() if count / total >= 0.005}


def _answers(rows: Sequence[LabelledText]) -> tuple[tuple[Past, ...], dict[str, str]]:
    """The rows as the model keeps them, answers turned into templates, and by which titles people were addressed."""
    answered = [(row.text, row.answer) for row in rows if row.answer and row.answer.strip()]
    letters = [take_apart(answer) for _, answer in answered]
    customs = customary(
        (request, own_names(request, letter.salutation), letter.body)
        for (request, _), letter in zip(answered, letters, strict=True)
    )
    languages = [detect(letter.body) if len(letter.body) >= SHORT_ANSWER else "" for letter in letters]
    usual = next(iter(Counter(code for code in languages if code)), "de")
    spoken = iter(languages)
    past = []
    for row in rows:
        template: Template | None = None
        if row.answer and row.answer.strip():
            template = template_of(row.text, row.answer, customs=customs, language=next(spoken) or usual)
        day = row.time.date() if row.time else None
        answer = row.answer if template else None
        past.append(Past(row.case, row.text, row.category or None, answer, day, template))
    return tuple(past), known_titles(answered)


def _floor(
    index: PassageIndex, texts: Sequence[str], embedded: NDArray[np.float32] | None, seed: int
) -> float:
    """The likeness that 95 of 100 past requests have to at least one other, within 0.1..0.3.

    Below it nothing counts as similar.
    """
    import numpy as np

    if len(texts) < 2:
        return LOWEST_FLOOR
    chosen = np.random.default_rng(seed).permutation(len(texts))[:PROBES]
    best = []
    for place in chosen:
        vector = embedded[place : place + 1] if embedded is not None else None
        scores = index.scores([texts[place]], vector)[0]
        scores[place] = 0.0
        best.append(float(scores.max()))
    return min(HIGHEST_FLOOR, max(LOWEST_FLOOR, float(np.quantile(best, FLOOR_SHARE))))
