"""What a column of a process table can mean, and which meanings make an import complete."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pilotwerk.processes.domain.messages import Unreadable


class Kind(StrEnum):
    """Shape of the table: one row an event, or one row a case."""

    EVENT_LOG = "event_log"
    CASE_TABLE = "case_table"


class Meaning(StrEnum):
    """Meaning of a column."""

    CASE = "case"
    ACTIVITY = "activity"
    TIME = "time"
    START = "start"
    END = "end"
    TEXT = "text"
    CATEGORY = "category"
    ANSWER = "answer"
    HANDLING = "handling"
    TEAM = "team"
    RESOURCE = "resource"
    SENDER = "sender"


# People are never shown. Who worked on a step is kept as a pseudonym, so that teams can be counted; who asked
# is left out altogether.
PERSONAL = frozenset({Meaning.RESOURCE, Meaning.SENDER})
TIMES = (Meaning.TIME, Meaning.START, Meaning.END)

MEANINGS: dict[Kind, tuple[Meaning, ...]] = {
    Kind.EVENT_LOG: (
        Meaning.CASE,
        Meaning.ACTIVITY,
        Meaning.TIME,
        Meaning.TEXT,
        Meaning.CATEGORY,
        Meaning.ANSWER,
        Meaning.HANDLING,
        Meaning.TEAM,
        Meaning.RESOURCE,
        Meaning.SENDER,
    ),
    Kind.CASE_TABLE: (
        Meaning.CASE,
        Meaning.START,
        Meaning.END,
        Meaning.TEXT,
        Meaning.CATEGORY,
        Meaning.ANSWER,
        Meaning.HANDLING,
        Meaning.RESOURCE,
        Meaning.SENDER,
    ),
}


def check_names(columns: Mapping[Meaning, str], names: Iterable[str]) -> None:
    """Raises `Unreadable` when a column is unknown or has two meanings."""
    known = set(names)
    used: set[str] = set()
    for column in columns.values():
        if column not in known:
            raise Unreadable("mapping.unknown_column", column=column)
        if column in used:
            raise Unreadable("mapping.twice", column=column)
        used.add(column)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column has which meaning. Columns without a meaning are not imported."""

    kind: Kind
    columns: Mapping[Meaning, str]

    def get(self, meaning: Meaning) -> str | None:
        return self.columns.get(meaning)

    def check(self, names: Iterable[str]) -> None:
        """Raises `Unreadable` when a column is unknown or used twice, or a needed meaning is missing."""
        check_names(self.columns, names)
        if self.kind is Kind.EVENT_LOG:
            for meaning in (Meaning.CASE, Meaning.ACTIVITY, Meaning.TIME):
                if meaning not in self.columns:
                    raise Unreadable(f"mapping.{meaning}")
        elif Meaning.START not in self.columns and Meaning.TEXT not in self.columns:
            raise Unreadable("mapping.start_or_text")

    def as_json(self) -> dict[str, str]:
        """`{"case": "Vorgang", ...}` without the kind, as in the command line contract."""
        return {str(meaning): column for meaning, column in self.columns.items()}


def mapping_from(kind: str, columns: Mapping[str, str]) -> ColumnMapping:
    """A mapping from stored or posted plain values; meanings of the other kind and empty ones are left
    out.
    """
    shape = Kind(kind)
    allowed = MEANINGS[shape]
    return ColumnMapping(shape, {meaning: columns[meaning] for meaning in allowed if columns.get(meaning)})
