"""The pilot's course over time, and the same figures as a file."""

from __future__ import annotations

import csv

from django.http import HttpResponse
from django.utils.translation import gettext as _

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.pilots import permissions, selectors
from pilotwerk.pilots.domain.monitoring.spans import SPANS
from pilotwerk.pilots.exporting_monitoring import PARTS, rows_of
from pilotwerk.pilots.presenting import stop_rule_rows
from pilotwerk.pilots.presenting_alerts import open_rows
from pilotwerk.pilots.presenting_monitoring import course_panels
from pilotwerk.pilots.presenting_shifts import calibration_panel, shift_panels
from pilotwerk.pilots.views.pilot import pilot_or_404
from pilotwerk.web.render import page

USUAL = 30


def days_of(request: OrganisationRequest) -> int:
    """The span that was chosen; the usual one for anything else."""
    chosen = request.GET.get("days", "")
    return int(chosen) if chosen in {str(days) for days in SPANS} else USUAL


@requires(permissions.VIEW)
def monitoring(request: OrganisationRequest) -> HttpResponse:
    """Volume, acceptance, edits, rejections, times, costs, calibration and drift over the chosen time."""
    found, organisation = pilot_or_404(request), request.organisation
    days = days_of(request)
    course = selectors.monitoring(found, days=days)
    context = {
        "pilot": found,
        "days": days,
        "alerts": open_rows(found),
        "spans": [(one, _span_name(one)) for one in SPANS],
        "parts": PARTS,
        "course": course,
        "outcome": course.whole.decided,
        "panels": [
            *course_panels(
                course,
                autonomy_url=organisation.url("pilots:autonomy"),
                cases_url=organisation.url("pilots:cases"),
            ),
            calibration_panel(selectors.calibration(found, course.span)),
        ],
        "shifts": shift_panels(course, selectors.shifts(found, course.span)),
        "rules": stop_rule_rows(found),
    }
    return page(request, "pilots/monitoring.html", context)


@requires(permissions.VIEW)
def table(request: OrganisationRequest) -> HttpResponse:
    """One part of the figures for a table program: a heading and plain numbers."""
    found = pilot_or_404(request)
    part = request.GET.get("part", "")
    part = part if part in dict(PARTS) else "course"
    course = selectors.monitoring(found, days=days_of(request))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{part}-{course.span.first}-{course.span.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    csv.writer(response, delimiter=";").writerows(rows_of(found, course, part))
    return response


def _span_name(days: int) -> str:
    return {7: _("7 days"), 30: _("30 days"), 90: _("90 days"), 365: _("One year")}[days]
