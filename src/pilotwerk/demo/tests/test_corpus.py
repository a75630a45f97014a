"""The sample company's past: fictional, varied, hard enough to learn from, and the same for the same seed."""

import csv
import io
import re
from collections import Counter
from datetime import date

import pytest

from pilotwerk.demo.corpus import days
from pilotwerk.demo.corpus.export import (
    DUPLICATE_CASES,
    DUPLICATE_EVENTS,
    ROWS_WITHOUT_TIME,
    case_table,
    event_log,
)
from pilotwerk.demo.corpus.pieces import CATEGORIES, names, style, topics
from pilotwerk.demo.corpus.requests import Request, history, stream

LAST_DAY = date(2026, 10, 4)


@pytest.fixture(scope="module")
def past() -> list[Request]:
    return history(seed=7, until=LAST_DAY)


@pytest.fixture(scope="module")
def coming(past: list[Request]) -> list[Request]:
    return stream(seed=7, first=date(2026, 11, 5), last=date(2026, 12, 9), past=past)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_enough_situations_were_written_by_hand() -> None:
    situations = [situation for topic in topics() for situation in topic.situations]
    assert len(situations) >= 60
    assert len({situation.id for situation in situations}) == len(situations)
    assert {topic.category for topic in topics()} == {*CATEGORIES, None}


def test_the_same_seed_writes_the_same_texts(past: list[Request]) -> None:
    again = history(seed=7, until=LAST_DAY, count=1500)
    assert [request.text for request in again[:200]] == [request.text for request in past[:200]]
    assert case_table(again, seed=7) == case_table(past, seed=7)
    assert history(seed=8, until=LAST_DAY, count=20)[0].text != past[0].text


def test_categories_come_in_realistic_shares(past: list[Request]) -> None:
    shares = {name: count / len(past) for name, count in Counter(r.true_category for r in past).items()}
    assert shares["Termin"] == pytest.approx(0.28, abs=0.04)
    assert shares["Störung"] == pytest.approx(0.22, abs=0.04)
    assert shares["Rechnung"] == pytest.approx(0.15, abs=0.03)
    assert min(shares.values()) > 0.05


def test_some_requests_are_filed_wrongly_and_some_not_at_all(past: list[Request]) -> None:
    missing = sum(request.category is None for request in past) / len(past)
    wrong = sum(request.category not in (None, request.true_category) for request in past) / len(past)
    assert missing == pytest.approx(0.06, abs=0.015)
    assert 0.03 < wrong < 0.10


def test_texts_are_no_copies_of_each_other(past: list[Request], coming: list[Request]) -> None:
    texts = [re.sub(r"[\W\d_]+", " ", request.text.lower()) for request in [*past, *coming]]
    assert len({request.text for request in [*past, *coming]}) == len(past) + len(coming)
    assert len(set(texts)) / len(texts) > 0.98, "also without numbers and punctuation"
    bodies = Counter(re.sub(r"[\W\d_]+", " ", request.answer.split("\n\n")[1]) for request in past)
    assert bodies.most_common(1)[0][1] < 0.03 * len(past), "set phrases are used, but not one for all"


def test_people_write_in_several_ways(past: list[Request]) -> None:
    texts = [request.text for request in past]
    assert 0.05 < sum(text[:30] == text[:30].lower() for text in texts) / len(texts) < 0.2
    assert sum("Weitergeleitete Nachricht" in text for text in texts) > 20
    assert sum(len(text) < 70 for text in texts) > 60
    assert sum(len(text) > 300 for text in texts) > 100
    assert {"angry", "mobile", "typos", "dialect", "forwarded"} <= set(style().styles)


def test_every_slot_is_filled_and_domains_are_reserved(past: list[Request], coming: list[Request]) -> None:
    for request in [*past, *coming]:
        whole = f"{request.subject}\n{request.text}\n{request.answer}\n{request.email}"
        assert not re.search(r"[{}]", whole)
        for domain in re.findall(r"@([\w.-]+)", whole):
            assert domain.rstrip(".").endswith(".example"), whole
        assert not re.search(r"https?://|www\.", whole)


def test_telephone_numbers_are_reserved_for_fiction(past: list[Request]) -> None:
    free = r"0171 39200 \d\d|0176 040690 \d\d|040 66969 \d{3}|030 23125 \d{3}"
    numbers = [n for request in past for n in re.findall(r"\b0\d{2,4} \d{5,6} \d{2,3}\b", request.text)]
    assert len(numbers) > 50
    assert all(re.fullmatch(free, number) for number in numbers)


def test_devices_stand_in_the_right_case() -> None:
    for devices in names().devices.values():
        for device in devices:
            assert device[1] in "mfn"
            assert device[1] == "f" or len(device) == 3, f"{device[0]} needs its genitive"


def test_work_happens_in_working_hours_and_grows_with_the_heating_season(past: list[Request]) -> None:
    for request in past:
        for step in request.steps:
            assert days.is_working(step.at.date())
            assert days.OPENS <= step.at.time() <= days.CLOSES or step.at.time().hour == days.CLOSES.hour
        assert [step.at for step in request.steps] == sorted(step.at for step in request.steps)
    weeks = Counter(request.received.isocalendar()[1] for request in past)
    assert 25 <= len(weeks) <= 27
    assert sum(weeks[week] for week in (38, 39, 40)) > 1.25 * sum(weeks[week] for week in (29, 30, 31))


def test_the_case_table_has_the_faults_of_a_real_export(past: list[Request]) -> None:
    table = rows(case_table(past, seed=7))
    assert len(table) == 1500 + DUPLICATE_CASES
    assert sum(not row["Eingegangen"] for row in table) == ROWS_WITHOUT_TIME
    assert len({row["Vorgang"] for row in table}) == 1500
    assert re.fullmatch(r"\d\d\.\d\d\.\d{4} \d\d:\d\d", table[0]["Eingegangen"])
    assert any("," in row["Bearbeitungszeit (Min.)"] for row in table)
    answered = sum(bool(row["Antwort"]) for row in table) / len(table)
    assert answered > 0.9


def test_the_event_log_shows_rework_and_a_bottleneck(past: list[Request]) -> None:
    log = rows(event_log(past, seed=7))
    assert sum(not row["Zeitpunkt"] for row in log) == ROWS_WITHOUT_TIME
    seen = [tuple(row.values()) for row in log]
    assert len(seen) - len(set(seen)) >= DUPLICATE_EVENTS - 3
    assert {row["Aktivität"] for row in log} == {
        "Eingang", "Zuordnung", "Technik fragen", "Kunde fragen", "Antwort", "Abschluss",
    }  # fmt: skip
    repeated = sum(len({s.activity for s in r.steps}) < len(r.steps) for r in past) / len(past)
    assert 0.1 < repeated < 0.25
    waits: dict[str, list[float]] = {}
    for request in past:
        for before, step in zip(request.steps, request.steps[1:], strict=False):
            waits.setdefault(f"{before.activity}>{step.activity}", []).append(
                (step.at - before.at).total_seconds()
            )
    medians = {way: sorted(values)[len(values) // 2] for way, values in waits.items() if len(values) > 50}
    assert max(medians, key=lambda way: medians[way]) == "Technik fragen>Antwort"


def test_handling_time_is_skewed_and_differs_by_category(past: list[Request]) -> None:
    def median(category: str) -> float:
        values = sorted(r.minutes for r in past if r.true_category == category)
        return values[len(values) // 2]

    values = sorted(request.minutes for request in past)
    assert values[0] >= 1
    assert values[-1] <= 75
    assert sum(values) / len(values) > values[len(values) // 2]
    assert median("Angebot") > 1.4 * median("Termin")


def test_a_plain_classifier_learns_it_but_not_perfectly(past: list[Request], coming: list[Request]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    filed = [request for request in past if request.category]
    plain = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC(C=0.3, class_weight="balanced")
    )
    texts, labels = [request.text for request in filed], [request.category for request in filed]
    assert 0.83 < cross_val_score(plain, texts, labels, cv=4).mean() < 0.94
    found = plain.fit(texts, labels).predict([request.text for request in coming])
    right = sum(one == request.true_category for one, request in zip(found, coming, strict=True)) / len(
        coming
    )
    assert 0.85 < right < 0.97
