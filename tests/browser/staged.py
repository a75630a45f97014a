"""A company with a running pilot and cases that wait, made by the services in the database of an installation.

`python -m tests.browser.staged KIND COUNT NAME` prints where the clerk signs in. The server runs beside it.
"""

import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")

import django

django.setup()

from unittest import mock  # noqa: E402

from django.utils import translation  # noqa: E402

from pilotwerk.accounts.models import Organisation, User  # noqa: E402
from pilotwerk.accounts.services import member_add, organisation_create  # noqa: E402
from pilotwerk.audit.domain.actor import Actor  # noqa: E402
from pilotwerk.core import clock, jobs  # noqa: E402
from pilotwerk.demo.corpus.requests import history, stream  # noqa: E402
from pilotwerk.governance.selectors import proposed_answers  # noqa: E402
from pilotwerk.governance.services import system_classify, system_register  # noqa: E402
from pilotwerk.pilots import intake, services  # noqa: E402
from pilotwerk.pilots.domain.incoming import NewCase  # noqa: E402
from pilotwerk.pilots.models import Case, Pilot  # noqa: E402
from pilotwerk.pilots.services import learning  # noqa: E402
from pilotwerk.portfolio.models import UseCase  # noqa: E402
from pilotwerk.processes.models import Process, ProcessImport  # noqa: E402
from pilotwerk.processes.selectors import TextRow  # noqa: E402
from tests.browser import tables  # noqa: E402
from tests.browser.steps import PASSWORD  # noqa: E402

# Long enough that everything can still be taken back while the test lasts.
DELAY = 3600
ANSWERS: dict[str, Any] = {
    "used_in_eu": "yes", "origin": "bought", "prohibited": [], "annex_iii": [], "safety_component": "no",
    "profiling": "no", "published": [], "personal_data": "yes", "special_categories": "no",
    "legal_basis": "contract", "processor": "no",
}  # fmt: skip


class Company:
    """Owner, clerk, and the pilot in between."""

    def __init__(self, name: str) -> None:
        mail = name.lower().replace(" ", "-")
        owner = User.objects.create_user(f"owner@{mail}.example", PASSWORD, name="Gerda Chefin")
        clerk = User.objects.create_user(f"clerk@{mail}.example", PASSWORD, name="Kai Winter")
        self.organisation: Organisation = organisation_create(
            owner=owner, name=name, country="DE", region="SH"
        )
        self.by: dict[str, Any] = {
            "organisation": self.organisation,
            "actor": Actor(kind="member", id=str(owner.pk), name=owner.name),
        }
        member_add(**self.by, user=clerk, role="clerk")
        self.email = clerk.email
        self.owner = owner

    def pilot(self, kind: str, **settings: Any) -> Pilot:
        """Chosen, entered in the register, classified, set up."""
        use_case = UseCase.objects.create(
            organisation=self.organisation, name="Probe", recipe=kind, state="chosen"
        )
        system = system_register(
            **self.by,
            name="Probe",
            purpose="Vorschläge",
            recipe=kind,
            provider="Pilotwerk",
            use_case=use_case,
        )
        system_classify(**self.by, system=system, answers={**proposed_answers(kind), **ANSWERS})
        return services.pilot_setup(**self.by, use_case=use_case, send_delay_seconds=DELAY, **settings)


def support(company: Company, count: int) -> None:
    """Requests of a helpdesk; four of five get a proposal, the others are answered as before."""
    today = clock.today("Europe/Berlin")
    known = history(seed=5, until=today - timedelta(days=1), count=400)
    rows = [
        TextRow(str(one.number), one.text, one.category or "", one.answer * one.answer_kept, None)
        for one in known
    ]
    process = Process.objects.create(organisation=company.organisation, name="Anfragen")
    past = ProcessImport.objects.create(
        organisation=company.organisation, process=process, filename="anfragen.csv", kind="case_table",
        state=ProcessImport.State.DONE, mapping={"text": "text"}, fingerprint="0" * 64,
    )  # fmt: skip
    pilot = company.pilot("support", share=0.8)
    with mock.patch.object(learning, "text_rows", return_value=rows):
        services.pilot_train(**company.by, pilot=pilot, process_import=past, run_now=True)
    pilot.refresh_from_db()
    services.pilot_start(**company.by, pilot=pilot)
    pilot.refresh_from_db()
    fresh = stream(seed=5, first=today, last=today + timedelta(days=20), count=count, past=known)
    new = [
        NewCase(str(one.number), one.text, one.subject, sender_name=one.customer, sender_address=one.email)
        for one in fresh
    ]
    services.case_ingest(**company.by, pilot=pilot, cases=new, source="anfragen.csv")


def _with_tables(company: Company, kind: str, files: dict[str, Path], **options: Any) -> Pilot:
    pilot = company.pilot(kind, share=1.0, options=options)
    for role, path in files.items():
        services.table_take(**company.by, pilot=pilot, role=role, path=path, filename=path.name)
    services.pilot_train(**company.by, pilot=pilot, run_now=True)
    pilot.refresh_from_db()
    services.pilot_start(**company.by, pilot=pilot)
    pilot.refresh_from_db()
    return pilot


def stock(company: Company, count: int) -> None:
    """As many suppliers as cases, each with one item that runs short."""
    folder = Path(tempfile.mkdtemp())
    files = {"items": tables.items(folder, count, count), "demand": tables.demand(folder, count)}
    _with_tables(company, "stock", files, target_fill_rate=0.95, language="de", order_file="xlsx")


def leads(company: Company, count: int) -> None:
    """New leads of all kinds."""
    folder = Path(tempfile.mkdtemp())
    pilot = _with_tables(company, "leads", {"past": tables.past_leads(folder)}, language="de", turns=3)
    path = tables.new_leads(folder, count)
    intake.upload_ingest(pilot=pilot, actor=company.by["actor"], path=path, filename=path.name)


def main() -> None:
    kind, count, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with translation.override("de"):
        company = Company(name)
        {"support": support, "stock": stock, "leads": leads}[kind](company, count)
        cases = Case.objects.filter(organisation=company.organisation)
        # The worker of the installation takes its part as well.
        for _second in range(120):
            jobs.run_due(kinds=["pilots.watch_one", "pilots.propose"])
            if cases.count() >= count and not cases.filter(state__in=["received", "assigned"]).exists():
                break
            time.sleep(1)
        waiting = cases.filter(state__startswith="waiting").count()
    sys.stdout.write(
        json.dumps({"home": company.organisation.home, "email": company.email, "waiting": waiting})
    )


if __name__ == "__main__":
    main()
