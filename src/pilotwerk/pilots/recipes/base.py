"""What every recipe says about itself, and what the runtime asks of it: plain values in, plain values out.

A recipe never touches the database, a connector or the clock. The services hand it a `Place` and cases as plain values,
keep what it answers, and let a person decide (docs/adr/0018).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pilotwerk.core.results import CannotTell
from pilotwerk.pilots.domain.incoming import NewCase
from pilotwerk.pilots.domain.stop_rules import DEFAULTS, StopRule
from pilotwerk.pilots.recipes.words import REQUESTS, Words

Details = dict[str, Any]
Row = tuple[int, tuple[str, ...]]

# Ways in and out of a recipe whose cases come as rows of a table.
ROW_SOURCES = ("upload", "folder", "mailbox", "rest", "sql", "files")
ROW_TARGETS = ("outbox", "smtp", "mailbox", "webhook", "sql_table", "files")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Column names and rows of texts, with the row numbers that a person counts."""

    file: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of pilot: which columns of past data it needs, which it also uses, and from how many rows on.

    `tables` are the roles of the tables that it learns from, the needed ones first; empty: it learns from the texts of
    an import. `learns`: false where it works by rules and is only prepared. `renewed` is the role that a file replaces
    while the pilot runs; empty: such a file holds cases. `share` is the usual share of cases with AI: 1 where a case
    comes from the recipe itself. `opt_out`: it writes to people who did not just write themselves, so there is a list
    of those who asked not to be written to. `language_model`: a language model may write its draft, where one is
    switched on for the pilot; `rewrites`: it only puts the recipe's own text into other words. `personal`: options that
    name people; the audit trail keeps them as commitments only. Proposed at the set-up: `enough` decided proposals
    until gate 2, `deadline_hours` until an answer, and the `stop_rules`; a kind of rule that is not among them makes no
    sense for it and is not offered.
    `sources` and `targets` are the ways by which cases may come in and what was approved may go out.
    """

    kind: str
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    minimum_rows: int
    tables: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    renewed: str = ""
    watches: bool = False
    share: float = 0.5
    learns: bool = True
    opt_out: bool = False
    language_model: bool = False
    rewrites: bool = False
    personal: tuple[str, ...] = ()
    enough: int = 30
    deadline_hours: int = 24
    stop_rules: tuple[StopRule, ...] = DEFAULTS
    sources: tuple[str, ...] = ("upload", "folder", "mailbox", "rest", "sql")
    targets: tuple[str, ...] = ("outbox", "smtp", "mailbox", "webhook", "sql_table")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recipe works. `table(role)` reads a table that was handed in, None where there is none; `taken_at(role)`
    says when. `folder` holds the version that was learned. `country` and `subdivision` decide the holidays.
    `opted_out(address)` says whether the address asked not to be written to. `started` is the pilot's first day;
    `mails`: what is approved goes out by e-mail.
    """

    organisation: str
    country: str
    subdivision: str
    today: date
    options: Mapping[str, Any]
    learned: Callable[[], Path | None] = lambda: None
    table: Callable[[str], Sheet | None] = lambda _role: None
    taken_at: Callable[[str], datetime | None] = lambda _role: None
    opted_out: Callable[[str], bool] = lambda _address: False
    started: date | None = None
    mails: bool = False

    @property
    def folder(self) -> Path | None:
        return self.learned()


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from: texts of an import, or tables by role. `zone` is the organisation's time zone."""

    texts: Sequence[Any] = ()
    table: Callable[[str], Sheet | None] = lambda _role: None
    options: Mapping[str, Any] = field(default_factory=dict)
    embeddings: bool | None = None
    seed: int = 1
    zone: str = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Learned:
    """A version that lies in its folder: its name, and what is shown of it as plain JSON."""

    version: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One case as the recipe sees it."""

    key: str
    text: str
    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would go out. `details` are part of what is approved (order lines, a date); `evidence` is not.

    `confidence` lies in 0..1, None where it cannot be said. `urgent` puts the case before others.
    All of it is plain JSON.
    """

    category: str = ""
    recipient: str = ""
    subject: str = ""
    body: str = ""
    details: Details = field(default_factory=dict)
    confidence: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a recipe remembers it. `undecided`: a proposal waits; `open`: not over yet. `details` are those of the
    present revision, `proposed` those of the model's last one. `edited`: a person wrote the present text.
    """

    key: str
    received_at: datetime
    open: bool
    undecided: bool
    closed: str
    sent_at: datetime | None
    payload: Mapping[str, Any]
    details: Details
    proposed: Details
    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    changed_at: datetime | None = None
    deadline: datetime | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a look at the figures or a file brought: new cases, news about known ones, cases that settled themselves,
    addresses that asked not to be written to, rows that could not be used (row, column, sentence).
    """

    new: tuple[NewCase, ...] = ()
    news: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settled: tuple[str, ...] = ()
    opted_out: tuple[str, ...] = ()
    rejected: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes out beside the text."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What leaves the house for a content that was approved; it follows from that content alone.

    `recipients` are addresses that stand in the details; without any it goes to the content's recipient.
    """

    subject: str
    body: str
    attached: tuple[Attached, ...] = ()
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A text that a language model may put into other words: from `source` alone, by the prompts of `kind`.

    `problems` says what is wrong with its words, as sentences; with one of them the text by rules stays.
    """

    kind: str
    language: str
    source: str
    problems: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """What was approved as rows of values, for a target that takes tables."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the pilot: label, value as text, and what it is about."""

    label: str
    value: str
    about: str


class RunningRecipe(ABC):
    """What the runtime asks. A recipe overrides what differs; the rest means "nothing of this kind"."""

    about: Recipe
    # Templates: what is shown of a version, and of a case's details (with what a person may change in them).
    learned_template = ""
    details_template = ""
    words: Words = REQUESTS
    # Options that may change while the pilot runs: neither what is proposed nor what is measured depends on them.
    changeable: tuple[str, ...] = ()

    @abstractmethod
    def learn(self, material: Material, folder: Path) -> Learned | CannotTell:
        """Learn or prepare; the version is kept in `folder`/<version>. Raises BadInput for what cannot be read."""

    @abstractmethod
    def propose(self, request: Request, place: Place) -> Proposed | CannotTell:
        """What would go out for one case. Raises BadInput when the version is missing or was changed."""

    def watch(self, place: Place, cases: Iterable[CaseView]) -> Noticed:
        """Look for new cases by itself; called once a day and after new figures. Must bear being called again."""
        return Noticed()

    def incoming(self, sheet: Sheet, place: Place, cases: Iterable[CaseView]) -> Noticed | None:
        """Cases out of a table that came in. None: the runtime reads it as requests."""
        return None

    def checked_table(
        self, role: str, sheet: Sheet, options: Mapping[str, Any], folder: Path | None = None
    ) -> None:
        """Raises BadInput where a table that is handed in cannot serve in its role; once the pilot has started, for
        the version in `folder`.
        """
        return None

    def role_of(self, sheet: Sheet) -> str:
        """Which of its tables a file renews while the pilot runs; `about.renewed` unless it is seen to be another."""
        return self.about.renewed

    def options_form(
        self, columns: Mapping[str, Sequence[str]], facts: Mapping[str, Any]
    ) -> type[Any] | None:
        """The recipe's own part of the set-up: a Django form whose cleaned data are plain JSON. `columns` are those of
        the tables that were handed in, by role; `facts` what was learned from them, empty before.
        """
        return None

    def people_form(self) -> type[Any] | None:
        """The options in `about.personal` alone, which may change while the pilot runs."""
        return None

    def roles(self) -> Mapping[str, tuple[str, str]]:
        """Label and hint of each role in `about.tables`."""
        return {}

    def unfilled(self, body: str) -> tuple[str, ...]:
        """Places that a person has yet to fill; a text with one of them never goes out."""
        return ()

    def refusal(self, content: Mapping[str, Any], place: Place) -> str:
        """Why this content must not go out, as a sentence; empty where it may. Asked when it is decided and again
        before it leaves the house.
        """
        return ""

    def missing(self, place: Place) -> Sequence[str]:
        """What such a pilot still needs before it starts, as sentences."""
        return ()

    def edited(self, details: Details, posted: Mapping[str, Any], place: Place) -> Details:
        """The details with what a person changed in the form. Raises Refused for what makes no sense."""
        return details

    def may_become(self, before: Details, after: Details) -> bool:
        """Whether a person may change the details so, on whatever path."""
        return True

    def by_hand(self, proposed: Details) -> Details:
        """The details of an answer that a person writes after the proposal with `proposed` was rejected."""
        return {}

    def changed(self, before: Details, after: Details) -> int:
        """How many values of the details a person changed."""
        return 0

    def worth(self, details: Details) -> Decimal | CannotTell | None:
        """What the details order or promise, in the organisation's money; None where they name none. Above a limit two
        people decide, and where it cannot be told as well.
        """
        return None

    def subject_by_hand(self, request: Request) -> str:
        """The subject of what a person writes without a proposal."""
        return request.subject

    def outgoing(self, content: Mapping[str, Any], place: Place) -> Outgoing:
        """Text and files for an approved content. The same content says the same."""
        return Outgoing(str(content["subject"]), str(content["body"]))

    def grid(self, content: Mapping[str, Any], place: Place) -> Grid:
        """The approved content as a table; it follows from that content alone."""
        going = self.outgoing(content, place)
        return Grid(
            ("recipient", "subject", "text"), ((str(content["recipient"]), going.subject, going.body),)
        )

    def rewriting(self, proposed: Proposed) -> Rewriting | None:
        """What a language model may put into other words, where the recipe `rewrites`."""
        return None

    def shown(
        self,
        details: Details,
        evidence: Mapping[str, Any],
        language: str,
        posted: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What the template of the details needs; `posted` are fields of a form that was refused."""
        return {}

    def told(self, facts: Mapping[str, Any], language: str) -> dict[str, Any]:
        """What the template of a version needs."""
        return {}

    def reason(self, code: str, language: str) -> str:
        """A reason code as a sentence."""
        return code

    def figures(self, place: Place, cases: Sequence[CaseView]) -> Sequence[Figure]:
        """The recipe's own figures for the pilot's page."""
        return ()


def plain(value: Any) -> Any:
    """Dataclasses, tuples and dates of a recipe as plain JSON data; CannotTell as {"cannot_tell": reason}."""
    if isinstance(value, CannotTell):
        return {"cannot_tell": value.reason}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
