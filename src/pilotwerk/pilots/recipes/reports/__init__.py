"""Recurring reports: figures of a week or a month from a table, with sentences whose every number is a fact.

`prepare` completes what a person set, `compute` gives the facts of a period, `render` writes them down, `check` holds
a text that a person or a language model wrote against them, `due` says which report has to be made.
"""

from pilotwerk.pilots.recipes.reports.checking.check import check
from pilotwerk.pilots.recipes.reports.checking.problems import Problem
from pilotwerk.pilots.recipes.reports.compute import compute
from pilotwerk.pilots.recipes.reports.facts import Facts
from pilotwerk.pilots.recipes.reports.layout import export_pdf
from pilotwerk.pilots.recipes.reports.mail import MailText, mail
from pilotwerk.pilots.recipes.reports.prepare import prepare
from pilotwerk.pilots.recipes.reports.recurrence import Due, due, period_key
from pilotwerk.pilots.recipes.reports.render import Report, render
from pilotwerk.pilots.recipes.reports.spec import Kind, Measure, Spec
from pilotwerk.pilots.recipes.reports.table import Table, read_table, table_of
from pilotwerk.pilots.recipes.reports.workbook import export_xlsx

__all__ = [
    "Due",
    "Facts",
    "Kind",
    "MailText",
    "Measure",
    "Problem",
    "Report",
    "Spec",
    "Table",
    "check",
    "compute",
    "due",
    "export_pdf",
    "export_xlsx",
    "mail",
    "period_key",
    "prepare",
    "read_table",
    "render",
    "table_of",
]
