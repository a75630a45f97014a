"""The cases behind a figure: as a list, as a file, and one by one."""

import csv
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from pilotwerk.accounts.request import OrganisationRequest
from pilotwerk.core.permissions import requires
from pilotwerk.processes import permissions, selectors, texts
from pilotwerk.processes.domain.figures import DAY_MICROSECONDS
from pilotwerk.processes.domain.selection import Selection
from pilotwerk.processes.engine.kept import ORDERS, case_count, case_page, one_case
from pilotwerk.processes.models import ProcessImport
from pilotwerk.processes.views.imported import kept_import, selection_of
from pilotwerk.processes.views.imports import harmless
from pilotwerk.web.render import page

ROWS_A_PAGE = 50
EXPORTED = 100_000


@requires(permissions.CASES)
def cases(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The selected cases, fifty a page, in the order that was asked for."""
    found = kept_import(request, pk)
    selection, fault = selection_of(request)
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "newest"
    with selectors.kept(found, selection) as con:
        selected, total = case_count(con)
        shown = Paginator(range(selected), ROWS_A_PAGE).get_page(request.GET.get("page"))
        rows = case_page(con, order=order, offset=max(shown.start_index() - 1, 0), limit=ROWS_A_PAGE)
    context = {
        "import": found,
        "selection": selection,
        "conditions": texts.conditions(selection),
        "fault": fault,
        "selected": selected,
        "total": total,
        "page": shown,
        "query": selection.query(),
        "order": order,
        "orders": [(name, texts.ORDERS[name]) for name in ORDERS],
        "lines": [_line(row, found) for row in rows],
    }
    return page(request, "processes/cases.html", context)


@requires(permissions.CASES)
def cases_csv(request: OrganisationRequest, pk: str) -> HttpResponse:
    """The selected cases as a file for a table program, without people."""
    found = kept_import(request, pk)
    selection, _fault = selection_of(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="cases-{found.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("Case"), _("Begun"), _("End"), _("Days"), _("Minutes"), _("Category")])
    with selectors.kept(found, selection) as con:
        for row in case_page(con, order="oldest", offset=0, limit=EXPORTED):
            line = _line(row, found)
            days = "" if line["days"] is None else f"{line['days']:.4f}"
            minutes = "" if row["handling"] is None else f"{row['handling']:.2f}"
            writer.writerow(
                [
                    harmless(row["case_id"]),
                    line["opened"].isoformat(sep=" ") if line["opened"] else "",
                    line["closed"].isoformat(sep=" ") if line["closed"] else "",
                    days,
                    minutes,
                    harmless(row["category"] or ""),
                ]
            )
    return response


@requires(permissions.CASES)
def case(request: OrganisationRequest, pk: str, number: int) -> HttpResponse:
    """One case: its text and answer, or its steps with the waiting between them; and the way back to its list."""
    found = kept_import(request, pk)
    selection, _fault = selection_of(request)
    order = request.GET.get("order")
    with selectors.kept(found, Selection()) as con:
        one = one_case(con, number)
    if one is None:
        raise Http404
    steps = [
        {
            "name": name,
            "at": selectors.shown_moment(t, found),
            "wait": None if wait is None else wait / DAY_MICROSECONDS,
        }
        for name, t, wait in one["steps"]
    ]
    waits = [step["wait"] for step in steps if step["wait"] is not None]
    context = {
        "import": found,
        "case": {**one, **_line(one, found)},
        "steps": steps,
        "conditions": texts.conditions(selection),
        "query": "&".join(
            part for part in (selection.query(), f"order={order}" if order in ORDERS else "") if part
        ),
        "longest": max(waits, default=None),
    }
    return page(request, "processes/case.html", context)


def _line(row: dict[str, Any], found: ProcessImport) -> dict[str, Any]:
    """Moments and days of a case as the page shows them."""
    known = row["opened"] is not None and row["closed"] is not None
    return {
        **row,
        "opened": selectors.shown_moment(row["opened"], found),
        "closed": selectors.shown_moment(row["closed"], found),
        "days": (row["closed"] - row["opened"]) / DAY_MICROSECONDS if known else None,
    }
