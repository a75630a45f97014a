"""Letters are taken apart, and what belonged to the old case becomes a placeholder."""

import pytest

from pilotwerk.pilots.recipes.support.letters import known_titles, salutation_for, sentences, take_apart
from pilotwerk.pilots.recipes.support.personal import customary, generalise, own_names, unfilled

LETTER = """Guten Tag Frau Wulff,

gern verschieben wir die Wartung. Wir kommen Dienstag, 24. November, 14 bis 16 Uhr.

Freundliche Grüße
Tobias Krüger, Nordlicht Haustechnik GmbH"""


def test_a_letter_has_a_salutation_a_body_and_a_closing() -> None:
    letter = take_apart(LETTER)
    assert letter.salutation == "Guten Tag Frau Wulff,"
    assert (
        letter.body == "gern verschieben wir die Wartung. Wir kommen Dienstag, 24. November, 14 bis 16 Uhr."
    )
    assert letter.closing.startswith("Freundliche Grüße")


def test_a_letter_on_one_line_is_taken_apart_as_well() -> None:
    letter = take_apart("Hallo Herr Jöns, das Teil ist da. Viele Grüße Ihr Team")
    assert (letter.salutation, letter.body) == ("Hallo Herr Jöns,", "das Teil ist da.")


def test_a_text_without_forms_is_all_body() -> None:
    assert take_apart("Das Teil ist da.").body == "Das Teil ist da."


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Wir kommen Dienstag, 24. November, 14 bis 16 Uhr.", "Wir kommen [Termin]."),
        ("Wir kommen am 24.11.2026 um 9:30 Uhr vorbei.", "Wir kommen am [Termin] vorbei."),
        ("Das Teil liegt ab morgen bereit.", "Das Teil liegt ab [Termin] bereit."),
        ("Sie erhalten 1.480,50 € zurück.", "Sie erhalten [Betrag] zurück."),
        ("Wir erstatten EUR 30 und 12 Euro.", "Wir erstatten [Betrag] und [Betrag]."),
        ("Ihre Rechnung 2026-3187 ist berichtigt.", "Ihre Rechnung [Rechnungsnummer] ist berichtigt."),
        ("Ihr Auftrag Nr. 48812 läuft.", "Ihr Auftrag Nr. [Auftragsnummer] läuft."),
        ("Die Kundennummer: 77123 stimmt.", "Die Kundennummer: [Kundennummer] stimmt."),
        ("Artikel K20-7946 ist da.", "Artikel [Nummer] ist da."),
        ("Rufen Sie 0431 / 88 77 66 an.", "Rufen Sie [Telefon] an."),
        ("Oder +49 171 2345678.", "Oder [Telefon]."),
        ("Schreiben Sie an p.wulff@post.example.", "Schreiben Sie an [E-Mail]."),
        ("Siehe https://firma.example/a?b=1 dazu.", "Siehe [Link] dazu."),
        ("Auf DE89 3704 0044 0532 0130 00 überwiesen.", "Auf [IBAN] überwiesen."),
        ("Wir fahren zum Möwenweg 4a, 24105 Kiel.", "Wir fahren zum [Adresse]."),
        ("Herr Dr. Boysen ruft an.", "[Name] ruft an."),
        ("Wir bringen 3 Filter mit.", "Wir bringen [Zahl] Filter mit."),
        ("Den Verbrauch der letzten Jahre bitte.", "Den Verbrauch der letzten Jahre bitte."),
        ("Wir kommen nächste Woche.", "Wir kommen [Termin]."),
        ("Guten Morgen ist keine Zeitangabe.", "Guten Morgen ist keine Zeitangabe."),
    ],
)
def test_personal_parts_become_placeholders(said: str, left: str) -> None:
    assert generalise(said, customs=frozenset(), names=(), language="de") == left


def test_placeholders_speak_the_language_of_the_answer() -> None:
    text = generalise(
        "We come on Tuesday, 3 May, and refund £20.", customs=frozenset(), names=(), language="en"
    )
    assert text == "We come on [date], and refund [amount]."


def test_what_the_firm_says_to_everybody_stays() -> None:
    said_to = [("Anfrage", [name], "Rufen Sie 0431 55 10 20 an. Anfahrt 49 €.") for name in "abcdef"]
    customs = customary([*said_to, ("Anfrage", ["a"], "Sie zahlen 17 €.")])
    said = generalise(
        "Rufen Sie 0431 55 10 20 an. Anfahrt 49 €, Teil 17 €.", customs=customs, names=(), language="de"
    )
    assert said == "Rufen Sie 0431 55 10 20 an. Anfahrt 49 €, Teil [Betrag]."


def test_a_customers_number_that_stands_in_the_requests_is_not_the_firms() -> None:
    said_to = [("Meine Nummer: 0431 99 88 77", [name], "Wir rufen 0431 99 88 77 an.") for name in "abcdefgh"]
    said = generalise("Wir rufen 0431 99 88 77 an.", customs=customary(said_to), names=(), language="de")
    assert said == "Wir rufen [Telefon] an."


def test_a_customer_who_writes_often_does_not_make_her_address_the_firms() -> None:
    said_to = [("Anfrage", ["Wulff"], "Wir schreiben an petra@wulff.example.")] * 20
    said = generalise(
        "Wir schreiben an petra@wulff.example.", customs=customary(said_to), names=(), language="de"
    )
    assert said == "Wir schreiben an [E-Mail]."


def test_the_old_cases_names_go_wherever_they_stand() -> None:
    names = own_names("Bitte um Rückruf.\nMit Gruß\nPetra Wulff", "Guten Tag Frau Wulff,")
    said = generalise("Liebe Petra, Wulff steht im Vertrag.", customs=frozenset(), names=names, language="de")
    assert "Wulff" not in said
    assert "Petra" not in said


def test_only_a_known_person_is_addressed_by_title() -> None:
    titles = known_titles([("Wartung bitte.\nPetra Wulff", LETTER), ("Rückruf.\nGruß Jens Wulff", LETTER)])
    assert salutation_for("Petra Wulff", titles, "de") == "Guten Tag Frau Wulff,"
    assert salutation_for("Wulff, Petra", titles, "de") == "Guten Tag Frau Wulff,"
    assert salutation_for("Petra Wulff", titles, "en") == "Dear Ms Wulff,"
    assert salutation_for("Kim Sommer", titles, "de") == "Guten Tag,"
    assert salutation_for(None, titles, "de") == "Guten Tag,"
    assert salutation_for("Frau Dr. Ute Lüders", {}, "de") == "Guten Tag Frau Dr. Lüders,"


def test_a_person_addressed_in_two_ways_is_not_addressed_by_title() -> None:
    other = LETTER.replace("Frau Wulff", "Herr Wulff")
    assert known_titles([("Petra Wulff", LETTER), ("Petra Wulff", other)]) == {}


@pytest.mark.parametrize("name", ["Frau\nBcc: x@y.example", "Frau <b>X</b>", "A" * 200, "Frau 1 = 1"])
def test_a_hostile_name_is_not_repeated(name: str) -> None:
    assert salutation_for(name, {}, "de") in {"Guten Tag,", "Guten Tag Frau X,"}


def test_sentences_end_where_people_end_them() -> None:
    text = "Wir kommen am 24. November. Bitte z. B. Fotos schicken. Geht das?\nSonst Nr. 5."
    assert sentences(text) == [
        "Wir kommen am 24. November.",
        "Bitte z. B. Fotos schicken.",
        "Geht das?",
        "Sonst Nr. 5.",
    ]


def test_an_unfilled_placeholder_is_found_and_other_brackets_are_not() -> None:
    assert unfilled("Am [Termin] um [Betrag], [siehe unten], dann [Termin].") == (
        "[Termin]",
        "[Betrag]",
        "[Termin]",
    )
    assert unfilled("Am Dienstag.") == ()
