"""The report as the text of a mail: the sentences, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pilotwerk.pilots.recipes.reports.layout import plain

if TYPE_CHECKING:
    from pilotwerk.pilots.recipes.reports.render import Report

SUBJECT_LENGTH = 150


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject on one line, and a plain-text body. The PDF and XLSX go with it as attachments."""

    subject: str
    body: str


def mail(report: Report) -> MailText:
    """Sentences as a list; no-break spaces become plain ones, which every mail program shows."""
    subject = " ".join(plain(f"{report.title}, {report.period}").split())[:SUBJECT_LENGTH]
    lines = [subject, report.data_until, "", *(f"- {line}" for line in report.lines)]
    return MailText(subject, "\n".join(plain(line) for line in lines).replace("\u00a0", " ") + "\n")
