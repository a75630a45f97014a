"""What the database says after the deaths: counts of cases, of what was sent, and whether the audit trail verifies."""

from __future__ import annotations

import os
import sys
from collections import Counter
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pilotwerk.project.settings")

import django

django.setup()

from pilotwerk.audit import selectors as audit  # noqa: E402
from pilotwerk.pilots.models import Case, Delivery  # noqa: E402


def main(organisation: UUID, pilot: UUID) -> None:
    cases = Case.objects.filter(pilot=pilot)
    told = Counter(
        audit.entries(organisation, action="pilots.delivery_sent").values_list("subject_id", flat=True)
    )
    report = audit.check(organisation)
    sys.stdout.write(
        f"cases={cases.count()} sent={cases.filter(closed='sent').count()} "
        f"deliveries={Delivery.objects.filter(case__pilot=pilot, state='sent').count()} "
        f"told_once={sum(count == 1 for count in told.values())} "
        f"trail={'ok' if report.ok else 'broken'}\n"
    )


if __name__ == "__main__":
    main(UUID(sys.argv[1]), UUID(sys.argv[2]))
