"""Puts a request into words: greeting, matter, details, wish, closing, in one of several ways of writing."""

import re
from dataclasses import dataclass
from datetime import datetime
from random import Random

from pilotwerk.demo.corpus.pieces import Situation, style
from pilotwerk.demo.corpus.slots import Customer, customer

_DIALECT = (
    ("nicht", "nich"), ("ist", "is"), ("das", "dat"), ("kein", "keen"), ("keine", "keene"), ("etwas", "wat"),
    ("was", "wat"), ("haben", "hebbt"), ("mal", "mol"), ("jetzt", "nu"), ("wir", "wi"), ("gut", "good"),
)  # fmt: skip
_SLIPS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Letter:
    """A request before it is sent."""

    subject: str
    text: str


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _fill(pattern: str, slots: dict[str, str]) -> str:
    return pattern.format_map(slots)


def pick_style(situation: Situation, rng: Random) -> str:
    """One of the ways of writing; who has a reason to be angry often is."""
    if situation.mood == "angry" and rng.random() < 0.55:
        return "angry"
    shares = style().styles
    return rng.choices(list(shares), list(shares.values()))[0]


def _sentences(
    situation: Situation, slots: dict[str, str], manner: str, rng: Random, second: str | None
) -> list[str]:
    ways = style()
    if manner in ("short", "mobile") and rng.random() < (0.75 if manner == "short" else 0.5):
        parts = [rng.choice(situation.short)]
        if rng.random() < 0.6:
            parts.append(rng.choice(situation.more + ways.remarks["normal"]))
    else:
        parts = [rng.choice(situation.says)]
        details = rng.sample(situation.more, k=rng.choice([0, 1, 1, 2]))
        extra = ways.remarks.get(manner, []) + ways.remarks["normal"]
        if rng.random() < (0.85 if manner in ways.remarks else 0.5):
            details.append(rng.choice(extra))
        rng.shuffle(details)
        parts += details
        if rng.random() < 0.85 or not details:
            parts.append(rng.choice(situation.asks))
    parts = [_fill(part, slots) for part in parts]
    return [*parts, second] if second else parts


def _typos(text: str, rng: Random) -> str:
    words = text.split(" ")
    places = [index for index, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    for index in rng.sample(places, k=min(len(places), rng.randint(2, 5))):
        word = words[index]
        at = rng.randrange(1, len(word) - 1)
        slip = rng.randrange(5)
        if slip == 0:
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip == 1:
            word = word[:at] + word[at + 1 :]
        elif slip == 2:
            word = word[:at] + word[at] + word[at:]
        elif slip == 3:
            word = word.translate(_SLIPS)
        else:
            word = word[0] + word[1:].lower() if rng.random() < 0.5 else word.lower()
        words[index] = word
    return " ".join(words)


def _dialect(text: str, rng: Random) -> str:
    for standard, local in _DIALECT:
        if rng.random() < 0.55:
            text = re.sub(rf"\b{standard}\b", local, text)
    return text


def _mobile(text: str, rng: Random) -> str:
    text = text.lower() if rng.random() < 0.8 else text
    if rng.random() < 0.6:
        text = text.replace(",", "")
    if rng.random() < 0.5:
        text = re.sub(r"\.(\s|$)", r"\1", text)
    if rng.random() < 0.35:
        text = re.sub(r"\bund\b", "u", text).replace("bitte", "bidde" if rng.random() < 0.2 else "bitte")
    return text


def _greeting(manner: str, rng: Random) -> str:
    greetings = style().greetings
    return rng.choice(greetings.get(manner, greetings["normal"]))


def _closing(manner: str, slots: dict[str, str], writer: Customer, rng: Random) -> str:
    closings = style().closings
    words = _fill(rng.choice(closings.get(manner, closings["normal"])), slots)
    signs = rng.random() < (0.45 if manner in ("short", "mobile") else 0.93)
    name = writer.name if rng.random() < 0.8 else writer.name.split()[-1]
    firm = f"\n{writer.firm}" if writer.firm and signs else ""
    return f"{words}\n{name}{firm}".strip() if signs else words


def _body(sentences: list[str], greeting: str, rng: Random) -> str:
    first = sentences[0] if greeting.endswith(",") else _capital(sentences[0])
    rest = [_capital(sentence) for sentence in sentences[1:]]
    if len(rest) > 1 and rng.random() < 0.25:
        cut = rng.randint(1, len(rest) - 1)
        return " ".join([first, *rest[:cut]]) + "\n\n" + " ".join(rest[cut:])
    return " ".join([first, *rest])


def _forwarded(letter: str, subject: str, writer: Customer, at: datetime, rng: Random) -> str:
    sender = customer(rng)
    head = f"Von: {writer.name} <{writer.email}>\nGesendet: {at:%d.%m.%Y %H:%M}\nBetreff: {subject}"
    note = rng.choice(style().forwards)
    return f"{note}\nGruß, {sender.name}\n\n---- Weitergeleitete Nachricht ----\n{head}\n\n{letter}"


def write(
    situation: Situation,
    slots: dict[str, str],
    writer: Customer,
    at: datetime,
    rng: Random,
    *,
    manner: str,
    second: tuple[Situation, dict[str, str]] | None = None,
) -> Letter:
    """The request in words. `second` is another matter that the same letter raises as well."""
    other = None
    if second:
        matter, values = second
        other = f"{rng.choice(style().joins)} {_fill(rng.choice(matter.says), values)}"
    sentences = _sentences(situation, slots, manner, rng, other)
    greeting, closing = _greeting(manner, rng), _closing(manner, slots, writer, rng)
    body = _body(sentences, greeting, rng)
    subject = _fill(rng.choice(situation.subject), slots)
    if manner == "mobile":
        body = _mobile(body, rng)
    elif manner == "typos":
        body = _typos(body, rng)
    elif manner == "dialect":
        body = _dialect(body, rng)
    gap = " " if manner == "mobile" else "\n" if manner == "short" or rng.random() < 0.3 else "\n\n"
    text = gap.join(part for part in (greeting, body, closing) if part)
    if manner == "forwarded":
        text = _forwarded(text, subject, writer, at, rng)
        subject = f"WG: {subject}"
    return Letter(subject=_capital(subject) if manner != "mobile" else subject.lower(), text=text)


def reply(
    situation: Situation,
    slots: dict[str, str],
    writer: Customer,
    clerk: str,
    rng: Random,
    *,
    second: tuple[Situation, dict[str, str]] | None = None,
) -> str:
    """The answer of the customer service, signed by `clerk`."""
    ways = style()
    greeting = rng.choice(ways.reply_greetings).format(anrede=writer.address)
    body = _fill(rng.choice(situation.answers), slots)
    if second:
        matter, values = second
        body += "\n\nZu Ihrem zweiten Anliegen: " + _capital(_fill(rng.choice(matter.answers), values))
    closing = rng.choice(ways.reply_closings).format(clerk=clerk)
    return f"{greeting}\n\n{body}\n\n{closing}"
