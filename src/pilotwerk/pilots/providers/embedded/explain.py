"""Which words of a text speak for a category and which for another.

A linear model adds up what each term contributes. What a part of a word contributes is given to the word it lies
in, what a pair of words contributes to both of them. With embeddings this explains the lexical half.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.providers.embedded.vectors import MOST_CHARACTERS, lowered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pilotwerk.pilots.providers.embedded.classifier import TextClassifier

_WORD = re.compile(r"\w+")
MOST = 5
# A word must carry this share of the strongest word's weight to be named.
WORTH = 0.15
# They weigh something in the model, but tell a person nothing.
FUNCTION_WORDS = frozenset(
    """
    aber alle als also am an auch auf aus bei beim bin bis bitte da damit dann das dass dem den der des die
    dies diese doch dort du durch ein eine einem einen einer eines er es etwas euch für gerne gern haben
    habe hat hatte hier ich ihr ihre ihrem ihren ihrer im in ist ja kann kein keine können man mein meine
    meinem meinen meiner mich mir mit nach nicht noch nun nur ob oder schon sehr sein seit sich sie sind so
    um und uns unser unsere unserem unseren unserer vom von vor war was wenn wer werden wie wir wird wo zu
    zum zur ach ok hi lg vg mfg guten tag hallo dank danke viele vielen grüße gruß freundliche freundlichen
    besten herr frau a and are as at be but by can could did do does for from had has have hello how i if is
    it its me my no not of on or our please some thank thanks that the their them then there this to us we
    were what when which will with would you your
    """.split()  # noqa: SIM905 -- two hundred quotation marks do not help
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A word, how strongly it speaks for `category` (0..1 of the strongest), and where it stands in the text."""

    word: str
    weight: float
    category: str
    spans: tuple[tuple[int, int], ...]


def explain(
    model: TextClassifier, text: str, category: str, leave_out: frozenset[str] = frozenset()
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """The strongest words for the category, and the strongest for another one; at most five each.

    Function words, digits and what `leave_out` names (in lower case) are not named as reasons.
    """
    shares = _by_word(model, text)
    if not shares:
        return (), ()
    place = model.categories.index(category)
    spans = _spans(text)
    words = [word for word in shares if word in spans and word not in FUNCTION_WORDS | leave_out]
    if not words:
        return (), ()
    supports: dict[str, float] = {}
    opposes: dict[str, tuple[float, str]] = {}
    for word in words:
        scores = shares[word]
        others = scores.copy()
        others[place] = float("-inf")
        rival = int(others.argmax())
        supports[word] = float(scores[place] - (scores.sum() - scores[place]) / (len(scores) - 1))
        opposes[word] = (float(scores[rival] - scores[place]), model.categories[rival])
    strongest = max([*supports.values(), 1e-9])
    speaking = sorted(words, key=lambda word: -supports[word])[:MOST]
    speaking = [word for word in speaking if supports[word] >= WORTH * strongest]
    against = sorted((word for word in words if word not in speaking), key=lambda word: -opposes[word][0])
    against = [word for word in against[:MOST] if opposes[word][0] >= WORTH * strongest]
    top = max([opposes[word][0] for word in against], default=1.0)
    return (
        tuple(
            Reason(spans[word][0], supports[word] / strongest, category, spans[word][1]) for word in speaking
        ),
        tuple(
            Reason(spans[word][0], opposes[word][0] / top, opposes[word][1], spans[word][1])
            for word in against
        ),
    )


def _spans(text: str) -> dict[str, tuple[str, tuple[tuple[int, int], ...]]]:
    """Each word in lower case with its first spelling and all its places."""
    found: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {}
    for match in _WORD.finditer(text[:MOST_CHARACTERS]):
        key = lowered(match.group())
        spelling, places = found.get(key, (match.group(), ()))
        if not key.isdigit():
            found[key] = (spelling, (*places, match.span()))
    return found


def _by_word(model: TextClassifier, text: str) -> dict[str, NDArray[np.float64]]:
    """What each word adds to the score of each category."""
    from scipy.sparse import csr_matrix

    row = model.features([text])
    weight = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
    owned = _owned(model, text)
    words = {word: place for place, word in enumerate(dict.fromkeys(word for _, word, _ in owned))}
    if not words:
        return {}
    totals: dict[int, int] = {}
    for number, _, times in owned:
        totals[number] = totals.get(number, 0) + times
    data = [weight.get(number, 0.0) * times / totals[number] for number, _, times in owned]
    places = [words[word] for _, word, _ in owned], [number for number, _, _ in owned]
    added = csr_matrix((data, places), shape=(len(words), row.shape[1])) @ model.lexical.weights
    return {word: added[place] for word, place in words.items()}


def _owned(model: TextClassifier, text: str) -> list[tuple[int, str, int]]:
    """Which word each known term of the text belongs to, and how often: term number, word, times."""
    owned = []
    known = model.words.terms
    for term, times in Counter(model.words.terms_of(text)).items():
        number = known.get(term)
        if number is not None:
            owned += [(number, word, times) for word in term.split()]
    known, offset = model.characters.terms, len(model.words.terms)
    for word, times in Counter(_WORD.findall(lowered(text))).items():
        for term in model.characters.terms_of(word):
            number = known.get(term)
            if number is not None:
                owned.append((number + offset, word, times))
    return owned
