"""What the data suggest about the data-protection risk; a person confirms it or says otherwise."""

from pilotwerk.kpis.tests.imports import imported
from pilotwerk.portfolio import services
from pilotwerk.portfolio.models import UseCase
from pilotwerk.portfolio.suggesting import suggestions
from tests.cast import Cast

LINES = "\n".join(
    f"V{n};2026-03-0{n % 9 + 1} 08:00;2026-03-1{n % 9} 08:00;{n % 9 + 1};kunde{n}@firma.de" for n in range(40)
)


def use_case(cast: Cast, content: str | None = None) -> UseCase:
    found = imported(cast, content=content.encode() if content else None)
    return services.usecase_add(
        organisation=cast.organisation,
        actor=cast.actor("lead"),
        name="Anfragen",
        recipe="support",
        process=found.process,
    )


def test_contact_data_in_the_file_pre_fill_the_question_with_their_source(cast: Cast) -> None:
    made = use_case(cast, f"Vorgang;Eingang;Abschluss;Minuten;Kontakt\n{LINES}")
    assert suggestions(made)["personal"].option == "contact"
    page = cast.client("lead").get(cast.organisation.url("portfolio:assess", pk=made.pk)).content.decode()
    assert "gemessen an 40 eingelesenen Vorgängen" in page
    assert '<option value="contact" selected>' in page
    assert made.answers == {}  # nothing is answered before a person sends the form


def test_what_a_person_answered_stays(cast: Cast) -> None:
    made = use_case(cast, f"Vorgang;Eingang;Abschluss;Minuten;Kontakt\n{LINES}")
    UseCase.objects.filter(pk=made.pk).update(answers={"personal": "special"})
    page = cast.client("lead").get(cast.organisation.url("portfolio:assess", pk=made.pk)).content.decode()
    assert '<option value="special" selected>' in page


def test_nothing_found_suggests_nothing(cast: Cast) -> None:
    made = use_case(cast)
    assert "personal" not in suggestions(made)


def test_bank_accounts_are_private_matters(cast: Cast) -> None:
    lines = "\n".join(line.rpartition(";")[0] + ";DE89370400440532013000" for line in LINES.splitlines())
    made = use_case(cast, f"Vorgang;Eingang;Abschluss;Minuten;IBAN\n{lines}")
    assert suggestions(made)["personal"].option == "private"
