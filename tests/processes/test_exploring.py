"""From a figure to its cases, from the whole to a part, and two parts side by side."""

import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pilotwerk.core.errors import BadInput
from pilotwerk.core.results import CannotTell
from pilotwerk.processes import comparing, pictures, selectors
from pilotwerk.processes.domain.map import LEVELS, draw
from pilotwerk.processes.domain.rhythm import rhythm, trend
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.processes.engine.kept import case_count, case_page, one_case
from pilotwerk.processes.engine.topics import bare
from pilotwerk.processes.models import ProcessImport
from tests.cast import Cast
from tests.processes.files import event_csv, table, team_csv, write
from tests.processes.test_story import imported, page


@pytest.fixture
def log(cast: Cast, tmp_path: Path) -> ProcessImport:
    """Five cases, their ways: E-Z-A (T-1, T-4), E-Z-T-A, E-Z-A-A (T-3), E; times from 6 to 21 April."""
    return imported(cast, event_csv(tmp_path / "tickets.csv"))


def requests(cast: Cast, folder: Path) -> ProcessImport:
    """Forty requests in two months: those of May take twice as long."""
    rows = [("Nr", "Eröffnet", "Geschlossen", "Kategorie", "Anfrage", "Bearbeitungszeit (Min.)")]
    for number in range(1, 41):
        month, day = (4, number) if number <= 20 else (5, number - 20)
        opened = dt.datetime(2026, month, day, 8 + number % 3, 15)  # noqa: DTZ001 -- as a file has it
        closed = opened + dt.timedelta(days=1 if month == 4 else 2)
        kind = "Heizung" if number % 2 else "Bad"
        text = f"Die Heizung Nr. {number} bleibt kalt, bitte kommen Sie bald"
        minutes = "10" if number % 4 else "20,5"
        rows.append(
            (f"V-{number}", f"{opened:%d.%m.%Y %H:%M}", f"{closed:%d.%m.%Y %H:%M}", kind, text, minutes)
        )
    return imported(cast, write(folder / "requests.csv", table(rows)), name="Anfragen")


def cases_of(found: ProcessImport, **conditions: str) -> list[str]:
    with selectors.kept(found, Selection.read(conditions)) as con:
        return [row["case_id"] for row in case_page(con, order="oldest", offset=0, limit=100)]


def test_every_condition_selects_its_cases(log: ProcessImport) -> None:
    assert cases_of(log) == ["T-1", "T-2", "T-3", "T-4", "T-5"]
    assert cases_of(log, like="0") == ["T-1", "T-4"]
    assert cases_of(log, again="*") == cases_of(log, again="Antwort") == ["T-3"]
    assert cases_of(log, again="Eingang") == []
    assert cases_of(log, step="Technik fragen") == ["T-2"]
    assert cases_of(log, source="Technik fragen", target="Antwort") == ["T-2"]
    assert cases_of(log, source="Antwort", target="Technik fragen") == []
    # hours: 4, 52, 48, 12, 0
    assert cases_of(log, longer="2") == ["T-2", "T-3"]
    assert cases_of(log, longer="0.4", shorter="2") == ["T-4"]
    assert cases_of(log, first="2026-04-20") == cases_of(log, first="20.04.2026") == ["T-4", "T-5"]
    assert cases_of(log, last="2026-04-19", longer="2") == ["T-2", "T-3"]


def test_an_address_that_makes_no_sense_is_named() -> None:
    for broken in (
        {"first": "gestern"},
        {"longer": "nan"},
        {"weekday": "7"},
        {"like": "-1"},
        {"known": "secret"},
    ):
        with pytest.raises(BadInput):
            Selection.read(broken)
    with pytest.raises(BadInput, match="lies before"):
        Selection.read({"first": "2026-05-01", "last": "2026-04-01"})


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Selection,
        first=st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)),
        category=st.none() | st.text(min_size=1, max_size=20).map(str.strip).filter(bool),
        longer=st.none() | st.floats(0, 1000),
        like=st.none() | st.integers(0, 10**9),
        weekday=st.none() | st.integers(0, 6),
    )
)
def test_a_selection_survives_its_address(selection: Selection) -> None:
    from urllib.parse import parse_qsl

    assert Selection.read(dict(parse_qsl(selection.query("a_"))), "a_") == selection


def test_names_from_a_file_are_values_never_sql(cast: Cast, tmp_path: Path) -> None:
    evil = "'; DROP TABLE cases; --"
    rows = [("Ticket-Nr.", "Schritt", "Zeitpunkt")]
    rows += [
        (str(n), step, f"0{n}.04.2026 08:0{i}")
        for n in range(1, 6)
        for i, step in enumerate([evil, "Ende", evil])
    ]
    found = imported(cast, write(tmp_path / "evil.tsv", table(rows, separator="\t")))
    assert len(cases_of(found, again=evil)) == len(cases_of(found, source=evil, target="Ende")) == 5
    assert cases_of(found, category=evil) == []


def test_the_figures_of_the_page_lead_to_their_cases(cast: Cast, log: ProcessImport) -> None:
    lead, url = cast.client("lead"), cast.organisation.url
    facts = page(lead, url("processes:facts", pk=log.pk))
    assert "again=*" in facts
    assert "like=" in facts
    assert "source=Technik+fragen&amp;target=Antwort" in facts
    listed = page(lead, url("processes:cases", pk=log.pk) + "?again=*")
    assert "1 von 5 Vorgängen" in listed
    assert "Ein Schritt wiederholt sich." in listed
    assert "T-3" in listed
    assert "T-1" not in listed
    one = page(lead, url("processes:case", pk=log.pk, number=2))
    assert "4 Schritte" in one
    assert "Antwort" in one
    assert "Schulz" not in one, "people are not kept"
    lead_csv = lead.get(url("processes:cases_csv", pk=log.pk) + "?longer=2").content.decode()
    assert [line.split(";")[0] for line in lead_csv.splitlines()[1:]] == ["T-2", "T-3"]


def test_who_may_not_see_cases_gets_no_link_and_strangers_get_nothing(cast: Cast, log: ProcessImport) -> None:
    url = cast.organisation.url
    for view, more in (("cases", {}), ("case", {"number": 0}), ("compare", {}), ("cases_csv", {})):
        address = url(f"processes:{view}", pk=log.pk, **more)
        assert cast.client("outsider").get(address).status_code == 404
        assert cast.client("employee").get(address).status_code == 403
        strange = cast.other.url(f"processes:{view}", pk=log.pk, **more)
        assert cast.client("outsider").get(strange).status_code == 404
    assert cast.client("lead").get(url("processes:case", pk=log.pk, number=99)).status_code == 404


def test_a_part_has_the_facts_that_a_file_of_that_part_would_have(cast: Cast, tmp_path: Path) -> None:
    found = requests(cast, tmp_path)
    part = selectors.facts_of_part(found, Selection.read({"first": "2026-05-01", "category": "Bad"}))
    assert not isinstance(part, CannotTell)
    assert (part["cases"], part["duration_days"]["median"]) == (10, 2.0)
    assert [one["category"] for one in part["categories"]] == ["Bad"]
    shown = page(
        cast.client("clerk"),
        cast.organisation.url("processes:facts", pk=found.pk) + "?first=2026-05-01&category=Bad",
    )
    assert "10 von 40 Vorgängen" in shown
    assert "Kategorie „Bad“" in shown


def test_a_part_without_cases_and_a_broken_day_are_said(cast: Cast, tmp_path: Path) -> None:
    found = requests(cast, tmp_path)
    address = cast.organisation.url("processes:facts", pk=found.pk)
    lead = cast.client("lead")
    assert "Kein Vorgang erfüllt diese Bedingungen." in page(lead, address + "?first=2030-01-01")
    assert "Kein Tag: Schreiben Sie ihn so: 31.12.2026." in page(lead, address + "?first=morgen")
    assert "Der letzte Tag liegt vor dem ersten." in page(lead, address + "?first=2026-05-02&last=2026-05-01")


def test_two_halves_are_compared_before_anybody_chooses(cast: Cast, tmp_path: Path) -> None:
    found = requests(cast, tmp_path)
    address = cast.organisation.url("processes:compare", pk=found.pk)
    chosen = page(cast.client("auditor"), address + "?a_last=2026-04-30&b_first=2026-05-01")
    assert "Beginn bis 30.04.2026" in chosen
    assert "100\u00a0% mehr" in chosen, "two days instead of one"
    unasked = page(cast.client("auditor"), address)
    assert "Was ist anders?" in unasked
    assert "Die Hälfte der Vorgänge braucht im zweiten Teil höchstens 2,0\u00a0Tage" in unasked
    # weeks begin on Mondays: 30 March to 26 April, and 27 April to 24 May
    assert "Beginn vom 30.03.2026 bis 26.04.2026" in unasked
    assert "first=2026-04-27&amp;last=2026-05-24&amp;known=end" in page(cast.client("lead"), address)
    assert "Kein Vorgang erfüllt" in page(cast.client("auditor"), address + "?a_last=2000-01-01")


def test_changes_are_said_against_the_first_part() -> None:
    first = {"cases": 40, "rework_share": 0.2, "duration_days": {"median": 1.0, "p90": 2.0}}
    second = {"cases": 30, "rework_share": 0.25, "duration_days": None}
    rows = {row.label: row for row in comparing.rows(first, second)}
    assert rows["Vorgänge"].change == "25\u00a0% weniger"
    assert rows["Vorgänge mit Nacharbeit"].change == "5,0 Prozentpunkte mehr"
    assert (rows["Durchlaufzeit, Median"].second, rows["Durchlaufzeit, Median"].change) == (
        "offen",
        "",
    )
    assert "Verschiedene Wege" not in rows
    assert comparing.headline(first, second) == ""


def test_no_difference_is_said_in_words() -> None:
    first = {"cases": 1000, "duration_days": {"median": 3.0, "p90": 9.0}}
    second = {"cases": 1001, "duration_days": {"median": 3.0, "p90": 8.99}}
    changes = [row.change for row in comparing.rows(first, second)]
    assert changes == ["kaum mehr", "kein Unterschied", "kaum weniger"]
    assert comparing.headline(first, second).startswith("Die Hälfte der Vorgänge braucht in beiden Teilen")


def test_a_case_leads_back_to_the_list_it_was_opened_from(cast: Cast, tmp_path: Path) -> None:
    found = requests(cast, tmp_path)
    lead = cast.client("lead")
    listed = page(lead, cast.organisation.url("processes:cases", pk=found.pk) + "?category=Bad&order=longest")
    assert "/cases/39/?category=Bad&amp;order=longest" in listed
    address = cast.organisation.url("processes:case", pk=found.pk, number=39)
    assert "/cases/?category=Bad&amp;order=longest" in page(lead, address + "?category=Bad&order=longest")
    assert "order=" not in page(lead, address + "?order=drop").split("<h1>")[0]


def test_the_facts_lead_on_to_what_a_member_may_do(cast: Cast, tmp_path: Path) -> None:
    address = cast.organisation.url("processes:facts", pk=requests(cast, tmp_path).pk)
    lead, auditor = page(cast.client("lead"), address), page(cast.client("auditor"), address)
    for view in ("portfolio:usecase_add", "kpis:goals"):
        link = f'href="{cast.organisation.url(view)}">'
        assert link in lead.split('id="h-next"')[1]
        assert link not in auditor.split('id="h-next"')[1]
    assert "Weiter im Fahrplan" in auditor


def test_what_a_case_costs_needs_minutes_and_a_wage(cast: Cast, tmp_path: Path) -> None:
    found = requests(cast, tmp_path)
    # ten of forty take 20.5 minutes, thirty take 10: 12.625 on average
    cost = pictures.cost(found.facts, 48.0)
    assert cost is not None
    assert cost.a_case == pytest.approx(12.625 / 60 * 48)
    assert pictures.cost(found.facts, None) is None
    assert "im Firmenprofil fehlen die Kosten einer Stunde" in page(
        cast.client("lead"), cast.organisation.url("processes:facts", pk=found.pk)
    )


def test_work_and_waiting_by_hand(cast: Cast, tmp_path: Path) -> None:
    split = requests(cast, tmp_path).facts["time_split"]
    # 40 * 12.625 minutes of work in 20 * 1 + 20 * 2 days
    assert split == {
        "cases": 40,
        "handling_share": pytest.approx(505 / (60 * 1440)),
        "waiting_share": pytest.approx(1 - 505 / (60 * 1440)),
    }


def test_loops_by_hand(log: ProcessImport) -> None:
    assert log.facts["loops"] == [{"activity": "Antwort", "cases": 1, "extra": 1, "direct": 1}]
    assert log.facts["repetition"] == {"by": "variants", "parts": 4, "share": 1.0}


def test_hours_of_the_week_follow_the_clock_on_the_wall() -> None:
    from zoneinfo import ZoneInfo

    # Sunday 29 March 2026, 23:30 UTC is Monday 1:30 in Berlin, where summer time has just begun.
    sunday = int(dt.datetime(2026, 3, 29, 23, tzinfo=dt.UTC).timestamp() // 3600)
    there = rhythm({sunday: 4}, ZoneInfo("Europe/Berlin"))
    assert there.hours is not None
    assert there.hours[0][1] == 4
    assert dict(there.weeks) == {dt.date(2026, 3, 30): 4}
    as_written = rhythm({sunday: 4}, None)
    assert as_written.hours is not None
    assert as_written.hours[6][23] == 4
    assert rhythm({sunday + 1: 4}, None).hours is None, "days without a time of day have no hours"


def test_a_trend_needs_eight_whole_weeks() -> None:
    day = 86_400_000_000
    monday = dt.date(2026, 1, 5)
    weeks = [(monday + dt.timedelta(days=7 * i), 10 + 2 * i) for i in range(10)]
    first = (monday - dt.date(1970, 1, 1)).days * day
    found = trend(weeks, first=first, last=first + 70 * day)
    assert found is not None
    assert (found["slope"], found["direction"], found["weeks"]) == (2.0, "up", 10)
    assert trend(weeks, first=first, last=first + 52 * day) is None
    assert trend([], first=None, last=None) is None
    told = pictures.trend({"trend": found})
    assert told == "Über 10 Wochen alle vier Wochen 8,0 Vorgänge pro Woche mehr (8,0 bis 8,0)."


def test_the_slider_goes_from_the_main_way_to_all_ways(log: ProcessImport) -> None:
    main, everything = draw(log.facts, 0), draw(log.facts, len(LEVELS) - 1)
    assert main is not None
    assert everything is not None
    assert [(way.source, way.target) for way in main.ways] == [
        ("Eingang", "Zuordnung"),
        ("Zuordnung", "Antwort"),
    ]
    assert (len(everything.ways), everything.left_out) == (5, 0)
    picture = pictures.process_map(log.facts)
    assert picture is not None
    assert picture.levels[0]["words"] == "Nur der häufigste Weg"
    assert picture.levels[-1]["words"] == "Alle Verbindungen"
    assert 0 <= picture.level <= picture.last_level


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=6), min_size=3, max_size=12))
def test_cases_of_a_way_are_those_with_the_same_steps(
    tmp_path_factory: pytest.TempPathFactory, ways: list[list[str]]
) -> None:
    from pilotwerk.processes.analysis import measure
    from pilotwerk.processes.domain.guess import guess
    from pilotwerk.processes.domain.roles import Meaning
    from pilotwerk.processes.engine.kept import opened
    from pilotwerk.processes.engine.store import store
    from pilotwerk.processes.reading import open_source

    folder = tmp_path_factory.mktemp("way")
    rows = [("case", "activity", "time")]
    for number, way in enumerate(ways):
        rows += [(f"c{number}", step, f"2026-04-{number + 1:02d} 08:{i:02d}") for i, step in enumerate(way)]
    path = write(folder / "log.csv", table(rows))
    with open_source(path) as source:
        given_columns = {Meaning.CASE: "case", Meaning.ACTIVITY: "activity", Meaning.TIME: "time"}
        mapping = guess(source.profiles(), given_columns).mapping
        facts, _rejected = measure(source, mapping)
        store(source.con, folder)
    same = defaultdict(set)
    for number, way in enumerate(ways):
        same[tuple(way)].add(number)
    assert facts["variants"] == len(same)
    for numbers in same.values():
        with opened(folder, Selection(like=min(numbers))) as con:
            assert case_count(con)[0] == len(numbers)
            assert one_case(con, min(numbers)) is not None


THEMES = {
    "heizung": "Die Heizung bleibt kalt, der Brenner im Keller startet nicht und die Therme zeigt eine Störung {n}",
    "rechnung": "Auf der Rechnung {n} steht ein falscher Betrag, die Mahnung kam trotz Überweisung an die Buchhaltung",
    "bad": "Im Badezimmer tropft der Wasserhahn, die Dusche läuft über und das Waschbecken {n} ist verstopft",
}


def about(cast: Cast, folder: Path, count: int) -> ProcessImport:
    rows = [("Nr", "Eröffnet", "Anfrage")]
    for number in range(count):
        text = list(THEMES.values())[number % 3].format(n=f"{number}a")
        rows.append(
            (f"V-{number}", f"{1 + number % 28:02d}.04.2026 08:00", f"Guten Tag, {text}. Viele Grüße")
        )
    return imported(cast, write(folder / f"about{count}.csv", table(rows)), name=f"Texte {count}")


def test_texts_fall_into_topics_that_open_their_cases(cast: Cast, tmp_path: Path) -> None:
    found = about(cast, tmp_path, 150)
    topics = found.facts["topics"]
    assert sum(one["cases"] for one in topics) == 150
    for one in topics:
        assert any(
            set(one["words"]) <= set(bare(text).replace(",", "").split()) for text in THEMES.values()
        ), one
    for one in topics:
        numbers = {int(case.removeprefix("V-")) % 3 for case in cases_of(found, topic=str(one["topic"]))}
        assert len(numbers) == 1, "a topic does not mix the themes"
    shown = page(cast.client("lead"), cast.organisation.url("processes:facts", pk=found.pk))
    assert "Welche Themen kommen in den Texten vor?" in shown
    assert "topic=" in shown


def test_few_texts_have_no_topics(cast: Cast, tmp_path: Path) -> None:
    found = about(cast, tmp_path, 60)
    assert found.facts["topics"] is None
    assert cases_of(found, topic="0") == []


def test_addresses_and_heads_of_mails_are_no_topic() -> None:
    text = "Wasser läuft\n-- Weitergeleitet --\nVon: Petra <petra@wulff.example>\nBetreff: Bad\nsiehe https://x.example/a"
    assert bare(text).split() == ["wasser", "läuft", "siehe"]


def test_handovers_name_only_teams_of_five_people(cast: Cast, tmp_path: Path) -> None:
    found = imported(cast, team_csv(tmp_path / "teams.csv"))
    # ten times Annahme to Technik; four times on to the manager and back, who is a team of one
    assert found.facts["handovers"] == {
        "cases": 10,
        "known_cases": 10,
        "per_case": 1.8,
        "pairs": [{"from": "Annahme", "to": "Technik", "count": 10, "cases": 10}],
    }
    shown = page(cast.client("lead"), cast.organisation.url("processes:facts", pk=found.pk))
    assert "Annahme → Technik" in shown
    assert "10 von 10 Vorgängen wechseln das Team, im Mittel 1,8-mal pro Vorgang." in shown
    assert "Meisterei" not in shown
    assert "Theo" not in shown
    part = selectors.facts_of_part(found, Selection.read({"last": "2026-04-04"}))
    assert not isinstance(part, CannotTell)
    assert part["handovers"]["cases"] == 4
    assert "Meisterei" not in str(part)


def test_without_teams_there_are_no_handovers(log: ProcessImport) -> None:
    assert log.facts["handovers"] is None
