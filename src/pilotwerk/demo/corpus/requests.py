"""Past and future requests of the sample company: a history to learn from and a stream for the pilot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from pilotwerk.demo.corpus import days
from pilotwerk.demo.corpus.pieces import Situation, Topic, topics
from pilotwerk.demo.corpus.slots import customer, slots
from pilotwerk.demo.corpus.way import Step, way
from pilotwerk.demo.corpus.writing import pick_style, reply, write

CLERKS = ("Tobias Krüger", "Svenja Hansen", "Aylin Demir", "Nils Brodersen", "Kirsten Hoff")
UNCLEAR_SHARE = 0.06  # requests that two people would file differently
SECOND_MATTER_SHARE = 0.11  # requests that raise a second matter of another category
SECOND_LABEL_SHARE = 0.3  # ... of which so many were filed under the second one
NOISE_SHARE = 0.035  # filed wrongly, as it happens
MISSING_SHARE = 0.06  # not filed at all
BY_TELEPHONE_SHARE = 0.04  # answered by telephone, so no text is kept
MINUTES_MISSING_SHARE = 0.08
_CONFUSED = {
    "Termin": ("Störung", "Vertrag", "Sonstiges"),
    "Störung": ("Termin", "Ersatzteil", "Sonstiges"),
    "Rechnung": ("Vertrag", "Angebot", "Sonstiges"),
    "Angebot": ("Termin", "Ersatzteil", "Sonstiges"),
    "Ersatzteil": ("Störung", "Angebot", "Termin"),
    "Vertrag": ("Termin", "Rechnung", "Sonstiges"),
    "Sonstiges": ("Termin", "Rechnung", "Angebot"),
}


@dataclass(frozen=True)
class Request:
    """One request with its answer. Times are local (Europe/Berlin), without zone, as in the exported file."""

    number: int
    received: datetime
    closed: datetime
    customer: str
    email: str
    subject: str
    text: str
    category: str | None  # as filed; None where nobody filed it
    true_category: str  # what it is about
    answer: str  # the ideal answer; what a clerk would send
    answer_kept: bool  # whether the answer is in the exported file
    minutes: float  # handling time without help
    minutes_kept: bool  # whether somebody measured it, so that it is in the exported file
    team: str
    clerk: str
    situation: str
    angry: bool  # the writer has a reason to be
    values: dict[str, str]  # what the texts name: dates, amounts, devices
    steps: tuple[Step, ...]

    @property
    def case(self) -> str:
        """The case number in the exported files."""
        return f"{self.received.year}-{self.number:05}"


def _weight(situation: Situation, day: date) -> float:
    cold = days.cold(day)
    factor = {"cold": 0.12 + 1.5 * cold, "warm": 0.1 + 1.6 * (1 - cold), None: 1.0}[situation.season]
    return situation.weight * factor


def _draw(topic: Topic, day: date, rng: Random) -> Situation:
    weights = [_weight(situation, day) for situation in topic.situations]
    return rng.choices(topic.situations, weights)[0]


def _topic(rng: Random) -> Topic:
    *clear, unclear = topics()
    if rng.random() < UNCLEAR_SHARE:
        return unclear
    return rng.choices(clear, [topic.share for topic in clear])[0]


def _filed(true: str, second: str | None, rng: Random) -> str | None:
    if rng.random() < MISSING_SHARE:
        return None
    if second and rng.random() < SECOND_LABEL_SHARE:
        return second
    return rng.choice(_CONFUSED[true]) if rng.random() < NOISE_SHARE else true


def _minutes(topic: Topic, two_matters: bool, rng: Random) -> float:
    value = rng.lognormvariate(0, topic.minutes.spread) * topic.minutes.median
    return round(min(max(value * (1.35 if two_matters else 1.0), 1.0), 75.0), 1)


def _one(number: int, received: datetime, rng: Random) -> Request:
    topic, writer = _topic(rng), customer(rng)
    situation = _draw(topic, received.date(), rng)
    values = slots(situation, received.date(), rng)
    manner = pick_style(situation, rng)
    labels = situation.labels
    true = topic.category or rng.choices(list(labels or {}), list((labels or {}).values()))[0]
    second = second_category = None
    if manner in ("normal", "polite", "typos", "forwarded") and rng.random() < SECOND_MATTER_SHARE / 0.62:
        other = rng.choice([one for one in topics()[:-1] if one.category != true])
        matter = _draw(other, received.date(), rng)
        second, second_category = (matter, slots(matter, received.date(), rng)), other.category
    letter = write(situation, values, writer, received, rng, manner=manner, second=second)
    clerk = rng.choice(CLERKS)
    minutes = _minutes(topic, second is not None, rng)
    steps = way(received, true, topic.team, rng)
    return Request(
        number=number,
        received=received,
        closed=steps[-1].at,
        customer=writer.firm or writer.name,
        email=writer.email,
        subject=letter.subject,
        text=letter.text,
        category=_filed(true, second_category, rng),
        true_category=true,
        answer=reply(situation, values, writer, clerk, rng, second=second),
        answer_kept=rng.random() >= BY_TELEPHONE_SHARE,
        minutes=minutes,
        minutes_kept=rng.random() >= MINUTES_MISSING_SHARE,
        team=topic.team,
        clerk=clerk,
        situation=situation.id,
        angry=manner == "angry",
        values=values,
        steps=steps,
    )


def _normalised(text: str) -> str:
    return " ".join(text.lower().split())


def _write_all(moments: Sequence[datetime], first: int, rng: Random, taken: set[str]) -> list[Request]:
    written = []
    for number, received in enumerate(moments, first):
        request = _one(number, received, rng)
        while _normalised(request.text) in taken:
            request = _one(number, received, rng)
        taken.add(_normalised(request.text))
        written.append(request)
    return written


def _moments(open_days: Sequence[date], count: int, rng: Random) -> list[datetime]:
    chosen = rng.choices(open_days, [days.load(day) for day in open_days], k=count)
    return sorted(days.moment(day, rng) for day in chosen)


def history(*, seed: int, until: date, count: int = 1500, weeks: int = 26) -> list[Request]:
    """`count` requests of the `weeks` weeks that end on `until`, in order of time."""
    rng = Random(f"{seed}:history")
    span = days.working_days(until - timedelta(weeks=weeks) + timedelta(days=1), until)
    return _write_all(_moments(span, count, rng), 1, rng, set())


def stream(
    *, seed: int, first: date, last: date, count: int = 400, past: Sequence[Request] = ()
) -> list[Request]:
    """`count` new requests from `first` to `last`, every text different from those in `past`."""
    rng = Random(f"{seed}:stream")
    taken = {_normalised(request.text) for request in past}
    moments = _moments(days.working_days(first, last), count, rng)
    start = max((request.number for request in past), default=0) + 1
    return [replace(request, category=None) for request in _write_all(moments, start, rng, taken)]
