"""Lena opens “add an idea”: what fits the imported data stands first, and says why."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from pilotwerk.portfolio import selectors
from pilotwerk.portfolio.catalogue import Catalogue, usecase_catalogue
from pilotwerk.portfolio.domain.matching import Fit, Need, Signals, match
from pilotwerk.portfolio.registry import runs
from pilotwerk.portfolio.signals import signals
from pilotwerk.portfolio.tests.requests import imported_requests
from pilotwerk.processes import services as processes
from tests.cast import Cast

REQUESTS = Signals(
    cases=1500,
    filled={"start": 1.0, "text": 1.0, "category": 0.31, "answer": 0.9},
    name="Kundenanfragen | export.csv",
    columns=("Vorgang", "Eingang", "Menge (Stück)"),
    free=("Menge (Stück)",),
    categories=("Rechnung", "Termin"),
    texts=("Wann kommt die Rechnung?", "Bitte um einen Termin", "Guten Tag", "Danke"),
)
NEEDS = (Need("text", "text"), Need("category", "category"), Need("quantity", columns=("menge",)))


def test_the_catalogue_is_complete_in_both_languages_and_marks_every_share_as_an_estimate() -> None:
    catalogue = usecase_catalogue()
    assert len(catalogue.entries) >= 24
    assert {one.area for one in catalogue.entries} == {one.id for one in catalogue.areas}
    assert len(catalogue.areas) == 8
    assert {"support", "leads", "stock", "reports", "other"} == {one.recipe for one in catalogue.entries}
    for one in catalogue.entries:
        for text in (one.name, one.description, one.risk):
            assert text.de.strip()
            assert text.en.strip()
            assert text.de != text.en
        assert all(source.url.startswith("https://") for _hint, source in catalogue.hints_of(one))
        assert not re.search(
            r"\b(du|dein|deine|euch|euer)\b", one.description.de + one.risk.de, re.IGNORECASE
        )


def test_a_wrong_entry_stops_the_start() -> None:
    plain = usecase_catalogue().model_dump()
    broken: list[tuple[str, object]] = [
        ("area", "garden"),
        ("needs", ("weather",)),
        ("hints", ("rumour",)),
        ("answers", {"personal": "perhaps"}),
        ("inputs", {"automatable_share": (50, 40, 120)}),
        ("inputs", {"review_minutes": (1, 2, 3)}),
    ]
    for field, value in broken:
        entry = {**plain["entries"][0], field: value}
        with pytest.raises(ValidationError):
            Catalogue.model_validate({**plain, "entries": [entry]})


def test_topic_and_data_decide_how_well_an_idea_fits() -> None:
    found = match(NEEDS, ["anfrage", "rechnung"], REQUESTS)
    assert found.fit is Fit.PARTLY
    assert found.words == ("anfrage", "rechnung")
    assert found.text_share == 0.25
    assert found.missing == {"category": 0.31}
    assert found.present == {"text": 1.0, "quantity": 1.0}
    # A column that is empty or means something else is not what is needed.
    assert "quantity" in match(NEEDS, ["anfrage"], replace(REQUESTS, free=())).missing
    good = match(NEEDS[:1], ["anfrage"], REQUESTS)
    assert good.fit is Fit.GOOD
    assert match(NEEDS[:1], ["wetter"], REQUESTS).fit is Fit.DATA
    assert match(NEEDS, ["wetter"], REQUESTS).fit is Fit.NONE
    assert good.order < found.order
    # A short word counts only as a whole one.
    assert match(NEEDS[:1], ["term"], REQUESTS).fit is Fit.DATA


def test_what_fits_stands_first_with_its_reason(cast: Cast) -> None:
    client, url = cast.client("lead"), cast.organisation.url("portfolio:usecase_add")
    before = client.get(url).content.decode()
    assert "Sobald ein Prozess eingelesen ist" in before
    process = imported_requests(cast).process
    found = selectors.catalogue_matched(cast.organisation)
    assert found[0].entry.recipe == "support"
    assert found[0].match is not None
    assert found[0].match.fit is Fit.GOOD
    page = client.get(url).content.decode()
    assert "passen zu Ihren Daten" in page
    assert "„Kundenanfragen“ nennt in Titel, Spalten oder Kategorien" in page
    assert "Es fehlt: Artikel" in page
    assert "300 Vorgänge, Bearbeitungszeit nicht bekannt." in page
    assert "Nicht mit Pilotwerk" in page
    assert page.index("Kundenanfragen beantworten") < page.index("Bestände mit Bildern zählen")
    chosen = client.get(url + "?template=support").content.decode()
    assert re.search(rf'value="{process.pk}" selected', chosen)
    assert "Schätzung, nicht gemessen" in chosen


def test_only_filled_columns_without_another_meaning_can_hold_a_further_field(cast: Cast) -> None:
    table = "Auftragsnr;Eingang;Anfrage;Kategorie;Betrag;Ausgang\n" + "\n".join(
        f"A{n};2026-01-{n % 28 + 1:02d};Bitte ein Angebot für Bad {n};Angebot;;gewonnen" for n in range(40)
    )
    common: dict[str, Any] = {"organisation": cast.organisation, "actor": cast.actor("lead")}
    process = processes.process_create(**common, name="Angebote")
    started = processes.import_start(
        **common, process=process, file=io.BytesIO(table.encode()), filename="angebote.csv"
    )
    mapping = {"case": "Auftragsnr", "start": "Eingang", "text": "Anfrage", "category": "Kategorie"}
    done = processes.import_confirm(
        **common, process_import=started, mapping=mapping, kind="case_table", run_now=True
    )
    assert signals(done).free == ("Kategorie", "Ausgang")


def test_ideas_are_found_by_area_and_by_words(cast: Cast) -> None:
    client, url = cast.client("lead"), cast.organisation.url("portfolio:usecase_add")
    hr = client.get(url + "?area=hr").content.decode()
    assert "Bewerbungen vorsortieren" in hr
    assert "Ladenhüter finden" not in hr
    searched = client.get(url + "?q=ladenhüter").content.decode()
    assert "Ladenhüter finden" in searched
    assert "Bewerbungen vorsortieren" not in searched
    nothing = client.get(url + "?q=raumfahrt&area=hr").content.decode()
    assert "Im Katalog passt nichts dazu" in nothing


def test_only_what_is_built_is_said_to_run() -> None:
    assert runs("support")
    assert not runs("other")
