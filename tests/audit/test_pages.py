"""The auditor looks at the trail in the browser: reads, searches, checks, takes it home."""

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from pilotwerk.accounts.services import organisation_change
from pilotwerk.audit import selectors, services, triggers
from pilotwerk.audit.models import AuditEntry
from pilotwerk.audit.verifier.verify import check_export
from pilotwerk.core import clock
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def page(cast: Cast, view: str, role: str = "auditor", post: bool = False, **query: str) -> str:
    client = cast.client(role)
    name, _, number = view.partition("/")
    args = [int(number)] if number else []
    url = cast.organisation.url(f"audit:{name}", *args)
    answer = client.post(url) if post else client.get(url, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def text_of(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_the_auditor_reads_who_did_what(cast: Cast) -> None:
    told = text_of(page(cast, "log"))
    assert re.search(r"Prüfpfad: \d+ Einträge", told)
    assert "Gerda Chefin" in told
    assert "Änderungen nach dem letzten außerhalb aufbewahrten Prüfpunkt sind nicht nachweisbar." in told
    assert "Der Prüfpfad wurde noch nicht geprüft." in told


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("lead", 200), ("clerk", 403), ("employee", 403), ("outsider", 404)]
)
def test_only_who_may_see_it_sees_it(cast: Cast, role: str, status: int) -> None:
    assert cast.client(role).get(cast.organisation.url("audit:log")).status_code == status


def test_searching_by_word_person_and_day(cast: Cast) -> None:
    with clock.travel(datetime(2026, 3, 5, 12, tzinfo=UTC)):
        organisation_change(
            organisation=cast.organisation,
            actor=cast.actor("lead"),
            name="Sonnenhof GmbH",
            country="DE",
            region="SH",
        )
    assert "1 Eintrag gefunden" in text_of(page(cast, "log", text="sonnenhof"))
    assert "1 Eintrag gefunden" in text_of(page(cast, "log", person=str(cast.user("lead").pk)))
    assert "1 Eintrag gefunden" in text_of(page(cast, "log", since="2026-03-05", until="2026-03-05"))
    assert "Zu dieser Suche gibt es keinen Eintrag." in text_of(page(cast, "log", text="gibt es nicht"))
    wrong = cast.client("auditor").get(cast.organisation.url("audit:log"), {"since": "neulich"})
    assert wrong.status_code == 422


def test_fifty_entries_a_page(cast: Cast) -> None:
    with transaction.atomic():
        for number in range(60):
            services.record(
                organisation_id=cast.organisation.id,
                actor=cast.actor("lead"),
                action="accounts.organisation_changed",
                subject=("accounts.Organisation", str(number)),
                data={"name": "Probe", "country": "DE", "region": "SH"},
            )
    first = page(cast, "log", person=str(cast.user("lead").pk))
    assert first.count('role="rowheader"') == 50
    assert "Seite 1 von 2" in text_of(first)
    assert f"person={cast.user('lead').pk}&amp;page=2" in first


def test_an_entry_shows_its_leaf_hash_and_whether_it_is_proven(cast: Cast) -> None:
    assert "noch nicht bezeugt" in text_of(page(cast, "entry/1"))
    services.checkpoint_create(organisation_id=cast.organisation.id)
    told = text_of(page(cast, "entry/2"))
    assert "Ja. Der Prüfpunkt vom" in told
    leaf = AuditEntry.objects.get(organisation_id=cast.organisation.id, sequence=2)
    assert bytes(leaf.leaf_hash).hex() in told
    missing = cast.organisation.url("audit:entry", 4000)
    assert cast.client("auditor").get(missing).status_code == 404


def test_check_now_says_that_all_is_well_and_is_remembered(cast: Cast) -> None:
    services.checkpoint_create(organisation_id=cast.organisation.id)
    assert "Unversehrt: Die Einträge 1 bis" in text_of(page(cast, "check", post=True))
    told = text_of(page(cast, "log"))
    assert "von Uta Prüferin: unversehrt" in told
    assert "Uta Prüferin hat den Prüfpfad geprüft" in told


def test_check_now_finds_a_change_in_the_database(cast: Cast) -> None:
    services.checkpoint_create(organisation_id=cast.organisation.id)
    with triggers.suspended():
        found = AuditEntry.objects.filter(organisation_id=cast.organisation.id, sequence=2)
        found.update(leaf=found.get().leaf.replace('"kind":"member"', '"kind":"system"'))
    told = text_of(page(cast, "check", post=True))
    assert "Der Prüfpfad ist nicht in Ordnung" in told
    assert "Die Suchfelder der Datenbank weichen vom Eintrag ab" in told
    assert "nicht in Ordnung" in text_of(page(cast, "log"))
    assert "Nein. Dieser Eintrag oder ein anderer" in text_of(page(cast, "entry/2"))


def test_the_downloaded_export_is_accepted_with_a_checkpoint_downloaded_before(
    cast: Cast, tmp_path: Path
) -> None:
    client = cast.client("auditor")
    made = client.post(cast.organisation.url("audit:checkpoint_new"), follow=True)
    size = selectors.state(cast.organisation.id).entries
    assert "Der Prüfpunkt ist gesetzt." in made.content.decode()
    kept = tmp_path / "kept.txt"
    kept.write_bytes(client.get(cast.organisation.url("audit:checkpoint", size)).content)
    key = tmp_path / "public.key"
    key.write_bytes(client.get(cast.organisation.url("audit:public_key")).content)
    answer = client.post(cast.organisation.url("audit:export"))
    packed = answer.getvalue()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.glob("audit-*")
    report = check_export(folder, held=[kept], key_file=key)
    assert (report.ok, report.held_covered) == (True, size)


def test_nothing_is_changed_by_looking(cast: Cast) -> None:
    client = cast.client("auditor")
    before = selectors.state(cast.organisation.id)
    for view in ("check", "export", "checkpoint_new"):
        assert client.get(cast.organisation.url(f"audit:{view}")).status_code == 405
    for view in ("log", "checkpoints"):
        assert client.get(cast.organisation.url(f"audit:{view}")).status_code == 200
    assert selectors.state(cast.organisation.id) == before


def test_the_pages_are_there_in_english(cast: Cast) -> None:
    client = cast.client("auditor")
    answer = client.get(cast.organisation.url("audit:log"), headers={"accept-language": "en"})
    assert "What it does not prove" in answer.content.decode()
