"""Fills the slots of a situation: devices in the right case, dates, numbers, addresses, telephone numbers."""

from dataclasses import dataclass
from datetime import date
from random import Random

from pilotwerk.demo.corpus import days
from pilotwerk.demo.corpus.pieces import Situation, names

_WINDOWS = ((8, 10), (9, 11), (10, 12), (11, 13), (12, 14), (13, 15), (14, 16))
# masculine, feminine, neuter; by case
_ARTICLES = {
    "der": ("der", "die", "das"),
    "den": ("den", "die", "das"),
    "dem": ("dem", "der", "dem"),
    "der_gen": ("des", "der", "des"),
    "ein": ("ein", "eine", "ein"),
    "einen": ("einen", "eine", "ein"),
    "unser": ("unser", "unsere", "unser"),
    "unseren": ("unseren", "unsere", "unser"),
    "unserer": ("unseres", "unserer", "unseres"),
    "meiner": ("meines", "meiner", "meines"),
    "ihren": ("Ihren", "Ihre", "Ihr"),
    "ihrer": ("Ihres", "Ihrer", "Ihres"),
}
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "."})
_GENITIVE = {"der_gen", "unserer", "meiner", "ihrer"}


@dataclass(frozen=True)
class Customer:
    """Who writes. `address` is how a reply begins: "Frau Wulff"."""

    name: str
    email: str
    address: str
    firm: str = ""


def _mailbox(name: str) -> str:
    plain = name.lower().translate(_PLAIN)
    return "".join(sign for sign in plain if sign.isalnum() or sign in ".-")


def customer(rng: Random) -> Customer:
    """A random pair of given and family name, every fourth one writing for a firm."""
    people = names()
    female = rng.random() < 0.52
    given = rng.choice(people.women if female else people.men)
    family = rng.choice(people.families)
    name, address = f"{given} {family}", f"{'Frau' if female else 'Herr'} {family}"
    firm = rng.choice(people.firms) if rng.random() < 0.25 else ""
    domain = f"{_mailbox(firm).replace('.', '-')}.example" if firm else "post.example"
    return Customer(name=name, email=f"{_mailbox(name)}@{domain}", address=address, firm=firm)


def telephone(rng: Random) -> str:
    """A number from ranges that the German regulator keeps free for films and books."""
    return rng.choice(
        [f"0171 39200 {rng.randrange(100):02}", f"0176 040690 {rng.randrange(100):02}",
         f"040 66969 {rng.randrange(1000):03}", f"030 23125 {rng.randrange(1000):03}"]
    )  # fmt: skip


def _money(rng: Random, low: float, high: float) -> str:
    cents = round(rng.uniform(low, high) * 100)
    whole = f"{cents // 100:,}".replace(",", ".")
    return f"{whole},{cents % 100:02}\u00a0€"


def _device(group: str | None, rng: Random) -> dict[str, str]:
    if group is None:
        return {}
    noun, gender, *genitive = rng.choice(names().devices[group])
    index = "mfn".index(gender)
    forms = {
        f"geraet_{key}": f"{articles[index]} {genitive[0] if genitive and key in _GENITIVE else noun}"
        for key, articles in _ARTICLES.items()
    }
    article = _ARTICLES["der"][index]
    return {
        **forms,
        "geraet": noun,
        "geraet_der_satz": f"{article.capitalize()} {noun}",
        "rel_den": _ARTICLES["den"][index],
    }


def _dates(day: date, rng: Random, urgent: bool) -> dict[str, str]:
    agreed = days.after(day, rng.randint(2, 12))
    past = days.after(date.fromordinal(day.toordinal() - rng.randint(4, 40)), 0)
    soon = rng.randint(1, 2) if urgent else rng.randint(4, 9)
    offers = [days.after(day, soon), days.after(day, soon + rng.randint(1, 4))]
    windows = [rng.choice(_WINDOWS) for _ in range(3)]
    offered = [
        f"{days.long_date(offer)}, {start} bis {end} Uhr"
        for offer, (start, end) in zip(offers, windows, strict=False)
    ]
    begin, finish = windows[2]
    month = day.month - 1
    return {
        "termin": days.long_date(agreed),
        "termin_kurz": f"{agreed.day}.{agreed.month}.",
        "datum": f"{past.day}. {days.MONTHS[past.month - 1]}",
        "datum_kurz": f"{past.day:02}.{past.month:02}.",
        "neu_a": offered[0],
        "neu_b": offered[1],
        "zeit_a": f"{begin} und {finish} Uhr",
        "fenster_a": f"{begin} bis {finish} Uhr",
        "monat": days.MONTHS[(month + rng.randint(1, 3)) % 12],
        "monat_alt": days.MONTHS[(month - rng.randint(1, 5)) % 12],
        "monat_ende": f"31. {days.MONTHS[11]}" if month > 5 else f"30. {days.MONTHS[5]}",
        "jahr_alt": str(day.year - rng.randint(2, 14)),
        "baujahr": str(day.year - rng.randint(6, 34)),
    }


def _numbers(day: date, rng: Random) -> dict[str, str]:
    street = f"{rng.choice(names().streets)} {rng.randint(1, 78)}"
    return {
        "rechnung": f"{day.year}-{rng.randint(1001, 4999)}",
        "angebot": f"A-{rng.randint(20001, 29999)}",
        "vertrag": f"W-{rng.randint(1100, 8900)}",
        "kundennr": f"K{rng.randint(10000, 29999)}",
        "teilenr": f"{rng.choice('HKRSTZ')}{rng.randint(10, 99)}-{rng.randint(1000, 9999)}",
        "betrag": _money(rng, 180, 2400),
        "betrag_klein": _money(rng, 18, 160),
        "strasse": street,
        "wohnungen": str(rng.randint(4, 36)),
        "flaeche": str(rng.randrange(90, 240, 5)),
        "flaeche_dach": str(rng.randrange(15, 60)),
        "bad_qm": str(rng.randint(4, 14)),
        "stunden": str(rng.choice(["3", "3,5", "4", "4,5", "5"])),
        "menge": str(rng.choice([2, 3, 4, 5, 6, 8, 10, 12])),
        "grad": str(rng.randint(11, 17)),
        "grad_warm": str(rng.randint(27, 34)),
        "telefon": telephone(rng),
    }


def slots(situation: Situation, day: date, rng: Random) -> dict[str, str]:
    """Everything that the texts of one request and its answer may name; both get the same values."""
    people = names()
    return {
        **_device(situation.devices, rng),
        **_dates(day, rng, situation.id.startswith("stoerung")),
        **_numbers(day, rng),
        "ort": rng.choice(people.places),
        "raum": rng.choice(people.rooms),
        "seit": rng.choice(people.since),
        "wohnung": rng.choice(people.flats),
        "typ": rng.choice(people.types),
        "fehler": rng.choice(people.errors),
        "monteur": rng.choice(people.fitters),
    }
