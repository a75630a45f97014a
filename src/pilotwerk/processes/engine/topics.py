"""What the texts are about: groups of words that occur together, found on this machine without a category.

Non-negative matrix factorisation of TF-IDF (Lee and Seung, Nature 401, 1999): each text is a sum of few topics,
and belongs to the one with the largest part. Deterministic: the start is drawn with a fixed seed.
"""

import re
from typing import TYPE_CHECKING, Any

from pilotwerk.processes.domain.function_words import GERMAN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEWEST_TEXTS = 100
# Factors are learned from so many texts, spread over the whole; all texts are then assigned.
LEARNED = 20_000
READ_AT_ONCE = 20_000
MOST_TOPICS = 10
TEXTS_A_TOPIC = 40
TYPICAL_WORDS = 5
SHOWN_SHARE = 0.01
WORD = r"(?u)\b[^\W\d_]{3,}\b"
# What programs write into mails: addresses, and the heads of forwarded ones.
_HEADS = re.compile(
    r"^[>\s]*(von|an|cc|betreff|gesendet|datum|from|to|subject|sent|date)\s*:.*$|^-+.*-+\s*$", re.I | re.M
)
_ADDRESSES = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")


def topics(con: "DuckDBPyConnection") -> list[dict[str, Any]] | None:
    """The topics of `cases.text`, most frequent first, and the table `topics(case_no, topic)` beside them.

    `{"topic", "words", "cases", "share"}`; the shares are of all cases with a text, and need not sum to 1: a text
    without any known word has no topic. None with fewer than a hundred texts, where nothing can be told.
    """
    con.execute("CREATE OR REPLACE TABLE topics (case_no BIGINT, topic BIGINT)")
    row = con.execute("SELECT count(*) FROM cases WHERE text IS NOT NULL").fetchone()
    total = row[0] if row else 0
    if total < FEWEST_TEXTS:
        return None
    sample = con.execute(
        f"SELECT text FROM cases WHERE text IS NOT NULL ORDER BY hash(case_no), case_no LIMIT {LEARNED}"  # noqa: S608
    ).fetchall()
    learned = _learn([text for (text,) in sample])
    if learned is None:
        return None
    vectors, factors, words = learned
    counts = [0] * len(words)
    reading = con.cursor().execute("SELECT case_no, text FROM cases WHERE text IS NOT NULL ORDER BY case_no")
    while rows := reading.fetchmany(READ_AT_ONCE):
        parts = factors.transform(vectors.transform([text for _, text in rows]))
        found = [
            (case_no, int(part.argmax()))
            for (case_no, _), part in zip(rows, parts, strict=True)
            if part.any()
        ]
        for _, topic in found:
            counts[topic] += 1
        _keep(con, found)
    shown = sorted(
        (topic for topic in range(len(words)) if counts[topic] >= SHOWN_SHARE * total),
        key=lambda one: -counts[one],
    )
    return [
        {"topic": topic, "words": words[topic], "cases": counts[topic], "share": counts[topic] / total}
        for topic in shown
    ]


def bare(text: str) -> str:
    """The text in lower case without what programs wrote into it."""
    return _ADDRESSES.sub(" ", _HEADS.sub(" ", text)).lower()


def _learn(texts: list[str]) -> tuple[Any, Any, list[list[str]]] | None:
    """Vectors, factors, and the typical words of each topic; None where the texts share no words."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    vectors = TfidfVectorizer(
        min_df=max(3, len(texts) // 500),
        max_df=0.5,  # greetings and signatures
        sublinear_tf=True,
        stop_words=sorted(GERMAN | ENGLISH_STOP_WORDS),
        preprocessor=bare,
        token_pattern=WORD,
        max_features=20_000,
    )
    try:
        matrix = vectors.fit_transform(texts)
    except ValueError:  # no word occurs often enough
        return None
    count = min(MOST_TOPICS, max(2, len(texts) // TEXTS_A_TOPIC), matrix.shape[1] - 1)
    if count < 2:
        return None
    factors = NMF(n_components=count, init="random", random_state=0, max_iter=400, tol=1e-3)
    factors.fit(matrix)
    names = vectors.get_feature_names_out()
    words = [
        [str(names[i]) for i in row.argsort()[::-1][:TYPICAL_WORDS] if row[i] > 0]
        for row in factors.components_
    ]
    return vectors, factors, words


def _keep(con: "DuckDBPyConnection", found: list[tuple[int, int]]) -> None:
    if not found:
        return
    cases, numbers = (list(column) for column in zip(*found, strict=True))
    con.execute("INSERT INTO topics SELECT unnest(?::BIGINT[]), unnest(?::BIGINT[])", [cases, numbers])
