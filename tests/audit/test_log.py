"""The log in the database: what it takes, what it refuses, and how it shows that somebody changed it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction

from pilotwerk.audit import keys, registry, selectors, services, triggers
from pilotwerk.audit.domain.actor import Actor, System, member
from pilotwerk.audit.models import AuditCheckpoint, AuditEntry, AuditHead, PersonalText
from pilotwerk.audit.verifier.verify import check_export, in_words
from pilotwerk.core import clock, jobs
from pilotwerk.core.errors import Refused

JANA = member(7, "Jana Lorenz")
ACTION = "teststory.thing_changed"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_action(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_actions", dict(registry._actions))
    registry.register(ACTION, "%(actor)s changed %(thing)s for %(customer)s", personal=("customer",))


@pytest.fixture
def log() -> UUID:
    return uuid4()


def tell(log: UUID | None, number: int = 1, **other: Any) -> int:
    values: dict[str, Any] = {
        "organisation_id": log,
        "actor": JANA,
        "action": ACTION,
        "subject": ("teststory.Thing", str(number)),
        "data": {"thing": f"thing {number}"},
        "personal": {"customer": "Familie Petersen"},
    }
    return services.record(**{**values, **other})


def attest(log: UUID) -> AuditCheckpoint:
    point = services.checkpoint_create(organisation_id=log)
    assert point is not None
    return point


def found(log: UUID, sequence: int) -> AuditEntry:
    entry = selectors.entry_find(log, sequence)
    assert entry is not None
    return entry


def said(report: Any) -> str:
    return "\n".join(in_words(report, "en"))


def change(sql: str) -> None:
    """Somebody with the rights of the database's owner, who takes the triggers away first."""
    with triggers.suspended(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_entries_are_numbered_without_gap_for_each_organisation(log: UUID) -> None:
    other = uuid4()
    assert [tell(log), tell(other), tell(log), tell(None), tell(log)] == [1, 1, 2, 1, 3]
    assert selectors.state(log).entries == 3
    assert selectors.check(log).ok
    assert selectors.check(other).ok


def test_a_change_that_is_rolled_back_leaves_no_entry_and_no_gap(log: UUID) -> None:
    tell(log)

    @transaction.atomic
    def fail() -> None:
        assert tell(log) == 2
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert tell(log) == 2
    assert selectors.check(log).ok


@pytest.mark.parametrize(
    ("wrong", "error", "reason"),
    [
        ({"actor": None}, TypeError, "needs an actor"),
        ({"actor": Actor("member", cast(str, 7), "Jana Lorenz")}, TypeError, "actor.id is int"),
        ({"action": "teststory.never_registered"}, KeyError, "not registered"),
        ({"personal": {}}, ValueError, "personal keys"),
        ({"personal": {"customer": "A", "phone": "1"}}, ValueError, "personal keys"),
        ({"personal": {"customer": None}}, TypeError, "customer is NoneType"),
        ({"data": {"thing": datetime(2026, 1, 1, tzinfo=UTC)}}, TypeError, "data.thing is datetime"),
        ({"data": {"thing": float("inf")}}, ValueError, "cannot say"),
        ({"data": {"thing": "x", "customer": "Familie Petersen"}}, ValueError, "may not be in data"),
        ({"data": {}}, ValueError, "sentence needs"),
        ({"subject": ("teststory.Thing", 5)}, TypeError, "subject is int"),
    ],
)
def test_what_would_make_the_log_worthless_is_refused(log: UUID, wrong: Any, error: Any, reason: str) -> None:
    with pytest.raises(error, match=reason):
        tell(log, **wrong)
    assert selectors.state(log).entries == 0


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded(log: UUID) -> None:
    with pytest.raises(RuntimeError, match="in the transaction of the change"):
        tell(log)


def test_an_action_has_one_name_and_one_meaning() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(ACTION, "%(actor)s did it again")
    with pytest.raises(ValueError, match=r"room\.entity_verb"):
        registry.register("thing changed", "…")


def test_the_database_itself_refuses_to_change_or_delete_entries_and_checkpoints(log: UUID) -> None:
    tell(log)
    services.checkpoint_create(organisation_id=log)
    for row in (
        AuditEntry.objects.filter(organisation_id=log),
        AuditCheckpoint.objects.filter(organisation_id=log),
    ):
        for attempt in (row.delete, lambda row=row: row.update(organisation_id=uuid4())):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                attempt()
    assert selectors.check(log).ok


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (
            "UPDATE audit_auditentry SET leaf = replace(leaf, 'thing 3', 'thing X')",
            "The difference lies after entry 0",
        ),
        (
            "DELETE FROM audit_personaltext; DELETE FROM audit_auditentry WHERE sequence = 3",
            "missing, swapped",
        ),
        (
            "DELETE FROM audit_personaltext; DELETE FROM audit_auditentry WHERE sequence > 4",
            "The end is missing",
        ),
        ("UPDATE audit_auditentry SET actor_id = '8' WHERE sequence = 2", "columns for searching differ"),
        ("UPDATE audit_personaltext SET text = 'Somebody else'", "does not fit the entry"),
        ("UPDATE audit_auditcheckpoint SET note = replace(note, '6', '5')", "the signature is wrong"),
    ],
)
def test_who_changes_the_rows_all_the_same_is_found_out(log: UUID, sql: str, reason: str) -> None:
    for number in range(1, 7):
        tell(log, number)
    services.checkpoint_create(organisation_id=log)
    for statement in sql.split("; "):
        change(statement)
    report = selectors.check(log)
    assert not report.ok
    assert reason in said(report)


def test_a_checkpoint_is_signed_with_a_key_outside_the_database_and_leaves_it(
    log: UUID, settings: Any
) -> None:
    settings.PILOTWERK_CHECKPOINT_EMAIL = "revision@probe.example"
    tell(log)
    point = attest(log)
    assert services.checkpoint_create(organisation_id=log) == point, "nothing new, no new checkpoint"
    assert keys.key_path().stat().st_mode & 0o777 == 0o600
    assert jobs.run_due(kinds=[services.PUBLISH]) == 1
    kept = Path(settings.PILOTWERK_DATA_DIR) / "audit" / "checkpoints" / str(log) / "000000001.txt"
    assert kept.read_text(encoding="utf-8") == point.note
    (sent,) = mail.outbox
    assert sent.to == ["revision@probe.example"]
    assert sent.attachments[0][:2] == (f"{log}-000000001.txt", point.note)


def test_once_a_day_every_log_that_has_grown_gets_a_checkpoint(log: UUID) -> None:
    tell(log)
    tell(None)
    assert services.checkpoint_due() == 2
    assert services.checkpoint_due() == 0
    tell(log)
    assert services.checkpoint_due() == 1
    with clock.travel(datetime(2030, 1, 1, tzinfo=UTC)):
        assert selectors.state(log).last_checkpoint_at == AuditCheckpoint.objects.latest("size").created_at


def test_a_lost_key_is_never_replaced_in_silence(log: UUID) -> None:
    tell(log)
    services.checkpoint_create(organisation_id=log)
    keys.key_path().unlink()
    tell(log)
    with pytest.raises(Refused, match=str(keys.key_path())):
        services.checkpoint_create(organisation_id=log)
    assert not keys.key_path().exists()


def test_an_entry_is_proven_under_the_last_checkpoint(log: UUID) -> None:
    for number in range(1, 12):
        tell(log, number)
    entry = found(log, 5)
    assert selectors.inclusion(entry).checkpoint is None
    services.checkpoint_create(organisation_id=log)
    tell(log)
    proof = selectors.inclusion(entry)
    assert proof.proven
    assert proof.checkpoint is not None
    assert (proof.index, proof.checkpoint.size, len(proof.proof)) == (4, 11, 4)
    entry.leaf = entry.leaf.replace("thing 5", "thing 6")
    assert not selectors.inclusion(entry).proven
    assert selectors.inclusion(found(log, 12)).checkpoint is None


def test_a_person_is_erased_and_the_log_stays_valid(log: UUID, tmp_path: Path) -> None:
    tell(log, 1)
    tell(log, 2, actor=System("worker"))
    services.checkpoint_create(organisation_id=log)
    count = services.personal_shred(
        organisation_id=log,
        actor=System("retention"),
        reason="Art. 17 GDPR",
        subject=("teststory.Thing", "1"),
        person_id="7",
    )
    assert count == 2
    rest = PersonalText.objects.filter(entry__organisation_id=log, erased_at=None)
    assert list(rest.values_list("text", flat=True)) == ["Familie Petersen"]
    newest, second, first = selectors.lines(selectors.entries(log))
    assert newest.sentence == "Pilotwerk (retention) hat 2 Angaben zu Personen gelöscht. Grund: Art. 17 GDPR"
    assert second.sentence == "Pilotwerk (worker) changed thing 2 for Familie Petersen"
    assert first.sentence == "(gelöscht) changed thing 1 for (gelöscht)"
    report = selectors.check(log)
    assert (report.ok, report.erased) == (True, 2)
    services.log_export(organisation_id=log, actor=JANA, directory=tmp_path / "out")
    assert "Familie Petersen" in (tmp_path / "out" / "personal.jsonl").read_text(encoding="utf-8")
    assert check_export(tmp_path / "out").erased == 2


def test_the_log_of_a_deleted_organisation_goes_and_that_stays_known(log: UUID) -> None:
    tell(log)
    other = uuid4()
    tell(other)
    services.checkpoint_create(organisation_id=log)
    root = AuditHead.objects.get(pk=log).tree.root().hex()
    assert services.log_purge(organisation_id=log, actor=JANA) == 1
    assert not AuditEntry.objects.filter(organisation_id=log).exists()
    assert not PersonalText.objects.filter(entry__organisation_id=log).exists()
    assert selectors.state(log) == selectors.State(0, None)
    (line,) = selectors.lines(selectors.entries(None, action="audit.log_purged"))
    assert f'"root":"{root}"' in line.entry.leaf
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(organisation_id=other).delete()


def test_an_export_of_a_real_log_is_accepted_by_the_verifier(log: UUID, tmp_path: Path) -> None:
    for number in range(1, 30):
        tell(log, number)
        if number % 10 == 0:
            services.checkpoint_create(organisation_id=log)
    services.log_export(organisation_id=log, actor=JANA, directory=tmp_path / "out")
    report = check_export(tmp_path / "out")
    assert report.ok, said(report)
    assert (report.entries, report.covered, report.checkpoints) == (30, 30, 3)
    with pytest.raises(FileExistsError):
        services.log_export(organisation_id=log, actor=JANA, directory=tmp_path / "out")


def test_checking_is_written_down(log: UUID) -> None:
    tell(log)
    report = services.log_check(organisation_id=log, actor=JANA)
    assert said(report).startswith("Consistent in itself, but not attested yet")
    last = selectors.last_check(log)
    assert last is not None
    assert (last.actor, last.intact) == ("Jana Lorenz", True)
    services.checkpoint_create(organisation_id=log)
    assert said(services.log_check(organisation_id=log, actor=JANA)).startswith("Intact: entries 1 to 2 are")


def test_search_finds_by_words_of_the_sentence_data_person_and_day(log: UUID) -> None:
    with clock.travel(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        tell(log, 1)
    with clock.travel(datetime(2026, 3, 5, 12, tzinfo=UTC)):
        tell(log, 2, actor=member(8, "Piet Hansen"), personal={"customer": "Firma Brandt"})

    def numbers(**what: Any) -> list[int]:
        return list(selectors.entries(log, **what).values_list("sequence", flat=True))

    assert numbers() == [2, 1]
    assert numbers(text="brandt") == [2]
    assert numbers(text="thing 1") == [1]
    assert numbers(text="CHANGED") == [2, 1]
    assert numbers(text="nowhere") == []
    assert numbers(actor_id="7") == [1]
    assert numbers(since=datetime(2026, 3, 2, tzinfo=UTC)) == [2]
    assert numbers(until=datetime(2026, 3, 2, tzinfo=UTC), action=ACTION) == [1]
    assert selectors.actors(log) == [("7", "Jana Lorenz"), ("8", "Piet Hansen")]
    assert selectors.actions(log) == [ACTION]
    assert [line.entry.sequence for line in selectors.entries_about(log, ("teststory.Thing", "2"))] == [2]
