"""The lead lays use cases on quarters, moves them, and sees what it asks for."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from pilotwerk.core import clock
from pilotwerk.core.errors import Refused
from pilotwerk.portfolio.models import State, UseCase
from pilotwerk.roadmap import registers, selectors, services
from pilotwerk.roadmap.models import RoadmapItem
from tests.cast import Cast


def use_case(cast: Cast, name: str, state: str = State.CANDIDATE) -> UseCase:
    made: UseCase = UseCase.objects.create(organisation=cast.organisation, name=name, state=state)
    return made


def lay(cast: Cast, of: UseCase, quarter: str, budget: int = 5000) -> RoadmapItem:
    return services.item_add(
        organisation=cast.organisation,
        actor=cast.actor("lead"),
        use_case=of,
        quarter=quarter,
        kpi="handling_minutes_mean",
        budget=Decimal(budget),
        days=Decimal(10),
        owner=cast.membership("lead"),
    )


def page(cast: Cast, role: str = "lead") -> str:
    answer = cast.client(role).get(cast.organisation.url("roadmap:roadmap"))
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_without_use_cases_the_page_says_where_they_come_from(cast: Cast) -> None:
    text = page(cast)

    assert "noch ist nichts geplant" in text
    assert "Es gibt noch keine Anwendungsfälle." in text


def test_the_lead_lays_a_use_case_on_a_quarter(cast: Cast) -> None:
    invoices = use_case(cast, "Rechnungen prüfen")
    use_case(cast, "Bilder auswerten", State.REFUSED)
    client = cast.client("lead")
    assert "Rechnungen prüfen" in page(cast)
    assert "Bilder auswerten" not in page(cast)

    later = str(selectors.quarters_offered(cast.organisation)[1])
    given = {
        "quarter": later,
        "kpi": "cycle_time_median",
        "budget": "8000",
        "days": "12",
        "owner": str(cast.membership("clerk").pk),
    }
    answer = client.post(cast.organisation.url("roadmap:item_add", use_case=invoices.pk), given)

    assert answer.status_code == 302
    text = page(cast, "clerk")
    assert "Roadmap: 1 Anwendungsfall ist geplant" in text
    assert "8.000 €" in text
    assert "Durchlaufzeit, Median" in text
    assert "Kai Sachbearbeiter" in text


def test_without_an_owner_nothing_is_laid(cast: Cast) -> None:
    invoices = use_case(cast, "Rechnungen prüfen")
    given = {"quarter": str(selectors.quarters_offered(cast.organisation)[0]), "kpi": "x", "budget": "-1"}

    answer = cast.client("lead").post(cast.organisation.url("roadmap:item_add", use_case=invoices.pk), given)

    assert answer.status_code == 422
    assert not RoadmapItem.objects.exists()


def test_a_use_case_moves_a_quarter_later_and_comes_off_again(cast: Cast) -> None:
    today = selectors.quarters_offered(cast.organisation)[0]
    item = lay(cast, use_case(cast, "Rechnungen prüfen"), str(today))
    client = cast.client("lead")

    client.post(cast.organisation.url("roadmap:item_move", pk=item.pk), {"quarter": str(today.plus(1))})
    item.refresh_from_db()
    assert item.when == today.plus(1)

    client.post(cast.organisation.url("roadmap:item_remove", pk=item.pk))
    assert not RoadmapItem.objects.exists()
    assert UseCase.objects.filter(name="Rechnungen prüfen").exists()


def test_a_quarter_that_asks_for_too_much_is_marked(cast: Cast) -> None:
    lay(cast, use_case(cast, "Rechnungen prüfen"), "2027-Q1", 8000)
    lay(cast, use_case(cast, "Angebote nachfassen"), "2027-Q1", 4500)
    client = cast.client("owner")

    client.post(cast.organisation.url("roadmap:limits"), {"budget": "10000", "days": "15"})

    text = page(cast)
    assert "2.500 € über dem Budget" in text
    assert "5 Arbeitstage mehr, als da sind" in text
    assert selectors.total_budget(selectors.plan(cast.organisation)) == 12500


def test_a_use_case_stands_on_the_roadmap_once_and_a_refused_one_never(cast: Cast) -> None:
    invoices = use_case(cast, "Rechnungen prüfen")
    lay(cast, invoices, "2027-Q1")

    with pytest.raises(Refused, match="steht schon"):
        lay(cast, invoices, "2027-Q2")
    with pytest.raises(Refused, match="abgelehnt"):
        lay(cast, use_case(cast, "Bilder", State.REFUSED), "2027-Q2")


def test_two_who_move_at_the_same_time_do_not_overwrite_each_other(cast: Cast) -> None:
    item = lay(cast, use_case(cast, "Rechnungen prüfen"), "2027-Q1")
    RoadmapItem.objects.filter(pk=item.pk).update(quarter="2027-Q3")

    with pytest.raises(Refused, match="inzwischen"):
        services.item_move(
            organisation=cast.organisation, actor=cast.actor("owner"), item=item, quarter="2027-Q2"
        )


def test_the_database_knows_what_a_quarter_is(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoadmapItem.objects.create(
            organisation=cast.organisation,
            use_case=use_case(cast, "Rechnungen prüfen"),
            quarter="2027-Q5",
            kpi="x",
            budget=1,
        )


def test_the_plan_sees_the_roadmap_when_somebody_answers_for_everything(cast: Cast) -> None:
    assert not registers._laid(cast.organisation)
    item = lay(cast, use_case(cast, "Rechnungen prüfen"), "2027-Q1")
    assert registers._laid(cast.organisation)

    RoadmapItem.objects.filter(pk=item.pk).update(owner=None)
    assert not registers._laid(cast.organisation)
    assert "noch niemand" in page(cast)


def test_an_old_quarter_stays_choosable_for_the_item_that_lies_in_it(cast: Cast) -> None:
    item = lay(cast, use_case(cast, "Rechnungen prüfen"), "2020-Q1")
    assert clock.today().year > 2020

    text = cast.client("lead").get(cast.organisation.url("roadmap:item", pk=item.pk)).content.decode()

    assert "1. Quartal 2020" in text
